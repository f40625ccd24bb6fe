import type { IncomingMessage, ServerResponse } from 'node:http';

/** Lets scripts of every page use the upload hosts. */
export function allowEveryOrigin(request: IncomingMessage, response: ServerResponse): void {
  response.setHeader('Access-Control-Allow-Origin', request.headers.origin ?? '*');
  response.setHeader('Vary', 'Origin');
  response.setHeader(
    'Access-Control-Expose-Headers',
    'Location, Tus-Extension, Tus-Max-Size, Tus-Resumable, Tus-Version, Upload-Length, Upload-Metadata, Upload-Offset, stream-media-id',
  );
}

/** Answers a preflight of an upload host. */
export function answerUploadPreflight(request: IncomingMessage, response: ServerResponse): void {
  allowEveryOrigin(request, response);
  response.setHeader('Access-Control-Allow-Methods', 'POST, HEAD, PATCH, OPTIONS');
  response.setHeader(
    'Access-Control-Allow-Headers',
    'Content-Type, Tus-Resumable, Upload-Length, Upload-Metadata, Upload-Offset, X-HTTP-Method-Override, X-Requested-With',
  );
  response.setHeader('Access-Control-Max-Age', '86400');
  response.setHeader('Tus-Resumable', '1.0.0');
  response.setHeader('Tus-Version', '1.0.0');
  response.writeHead(204).end();
}
