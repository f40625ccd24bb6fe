import type { HttpAnswer, HttpRequest, HttpSend } from './http-send.ts';
import { readText } from './read-text.ts';
import { toSendError } from './send-error.ts';

/** Over the runtime's own `fetch`, for workers and other edge runtimes; the caller's signal is the only bound on time. */
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
  // The API never redirects; another server that does gets no second request.
  const init = { method, headers, redirect: 'manual' as const, ...(body !== undefined && { body }) };
  const response = await fetch(url, signal === undefined ? init : { ...init, signal });
  return {
    status: response.status,
    header: (name) => response.headers.get(name) ?? undefined,
    text: await readText(response.body ?? NOTHING),
  };
}

const NOTHING: AsyncIterable<Uint8Array> = {
  [Symbol.asyncIterator]: () => ({ next: async () => ({ done: true, value: undefined }) }),
};
