import { type HttpStack, Upload } from 'tus-js-client';

/** Sends all bytes with tus-js-client, from the offset that the server reports. Rejects with the client's own error. */
export function sendByTus(
  url: string,
  bytes: Uint8Array,
  options: { readonly chunkSize?: number; readonly retryDelays?: number[]; readonly httpStack?: HttpStack } = {},
): Promise<void> {
  return new Promise((resolve, reject) => {
    const upload = new Upload(Buffer.from(bytes), {
      uploadUrl: url,
      retryDelays: [],
      ...options,
      onSuccess: () => resolve(),
      onError: reject,
    });
    upload.start();
  });
}

/** One PATCH, without a client's retries. */
export function patch(
  url: string,
  offset: number,
  body: Uint8Array,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  return fetch(url, {
    method: 'PATCH',
    headers: {
      'Content-Type': 'application/offset+octet-stream',
      'Tus-Resumable': '1.0.0',
      'Upload-Offset': String(offset),
      ...headers,
    },
    body: new Uint8Array(body),
  });
}

/** How far the upload has come, by HEAD. */
export async function offsetOf(url: string): Promise<number> {
  const response = await fetch(url, { method: 'HEAD', headers: { 'Tus-Resumable': '1.0.0' } });
  if (!response.ok) throw new Error(`HEAD answered ${response.status}.`);
  return Number(response.headers.get('upload-offset'));
}
