import { type HttpAnswer, type HttpRequest, type HttpSend, STALL_TIMEOUT_MS } from './http-send.ts';
import { readText } from './read-text.ts';
import { toSendError } from './send-error.ts';

/**
 * Over the runtime's own `fetch`, for workers and other edge runtimes. It does not show where a request stalls, so a request
 * with a small body is bounded as a whole; a form may take the time of its call.
 */
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
  // The API never redirects; whoever does gets no second request.
  const init = { method, headers, redirect: 'manual' as const, ...(body !== undefined && { body }) };
  const bounds = [signal, body instanceof FormData ? undefined : AbortSignal.timeout(STALL_TIMEOUT_MS)];
  const signals = bounds.filter((bound) => bound !== undefined);
  const response = await fetch(url, { ...init, signal: AbortSignal.any(signals) });
  return {
    status: response.status,
    header: (name) => response.headers.get(name) ?? undefined,
    text: await readText(response.body ?? NOTHING),
  };
}

const NOTHING: AsyncIterable<Uint8Array> = {
  [Symbol.asyncIterator]: () => ({ next: async () => ({ done: true, value: undefined }) }),
};
