import { BackendError } from '@videostorage/core';
import { type HttpAnswer, type HttpRequest, type HttpSend, MAX_ANSWER_BYTES } from './http-send.ts';
import { toSendError } from './send-error.ts';

/** Over the runtime's own `fetch`, for workers and other edge runtimes. */
export function createHttpSend(_options: { readonly dispatcher?: unknown } = {}): HttpSend {
  return async (request) => {
    try {
      return await send(request);
    } catch (error) {
      throw toSendError(error, request.signal);
    }
  };
}

async function send({ method, url, headers, body, signal }: HttpRequest): Promise<HttpAnswer> {
  const init = { method, headers, ...(body !== undefined && { body }), ...(signal !== undefined && { signal }) };
  const response = await fetch(url, init);
  return {
    status: response.status,
    header: (name) => response.headers.get(name) ?? undefined,
    text: await readText(response),
  };
}

async function readText(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  let sizeBytes = 0;
  for await (const chunk of response.body ?? []) {
    sizeBytes += chunk.length;
    if (sizeBytes > MAX_ANSWER_BYTES)
      throw new BackendError('BACKEND_BAD_RESPONSE', 'Cloudflare’s answer is too large.');
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}
