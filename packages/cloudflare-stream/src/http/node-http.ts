import { Agent, type Dispatcher, FormData as UndiciFormData, request as undiciRequest } from 'undici';
import type { HttpAnswer, HttpRequest, HttpSend } from './http-send.ts';
import { readText } from './read-text.ts';
import { toSendError } from './send-error.ts';

const CONNECT_TIMEOUT_MS = 3000;
/** The bound of a stall, for calls that do not limit their attempts. */
const STALL_TIMEOUT_MS = 10_000;
const CONNECTIONS = 32;

/**
 * Over undici: an own pool that is bounded in connections and in the time to connect, or the caller's dispatcher. Stalls and
 * the size of answers are bounded with either.
 */
export function createHttpSend(options: { readonly dispatcher?: unknown } = {}): HttpSend {
  const dispatcher = (options.dispatcher as Dispatcher | undefined) ?? ownPool();
  return async (request) => {
    try {
      return await send(request, dispatcher);
    } catch (error) {
      throw toSendError(error, request.signal);
    }
  };
}

function ownPool(): Dispatcher {
  return new Agent({
    connect: { timeout: CONNECT_TIMEOUT_MS },
    connections: CONNECTIONS,
  });
}

async function send(request: HttpRequest, dispatcher: Dispatcher): Promise<HttpAnswer> {
  const { method, url, headers, body, signal } = request;
  const answer = await undiciRequest(url, {
    dispatcher,
    method,
    headers,
    headersTimeout: STALL_TIMEOUT_MS,
    bodyTimeout: STALL_TIMEOUT_MS,
    ...(body !== undefined && { body: typeof body === 'string' ? body : toUndiciForm(body) }),
    ...(signal !== undefined && { signal }),
  });
  const text = await readText(answer.body);
  const header = (name: string) => {
    const value = answer.headers[name];
    return Array.isArray(value) ? value[0] : value;
  };
  return { status: answer.statusCode, header, text };
}

/** Undici accepts only its own class of forms. */
function toUndiciForm(form: FormData): UndiciFormData {
  const copy = new UndiciFormData();
  for (const [name, value] of form) {
    if (typeof value === 'string') copy.append(name, value);
    else copy.append(name, value, value.name);
  }
  return copy;
}
