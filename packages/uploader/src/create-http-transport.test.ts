import { expect, test, vi } from 'vitest';
import { createHttpTransport, type HttpTransportOptions } from './create-http-transport.ts';

interface Call {
  readonly url: string;
  readonly init: RequestInit;
}

const TICKET = { uploadReference: 'r', videoId: 'v', protocol: 'post', expiresAt: '2100-01-01T00:00:00.000Z' };
const VIDEO = { videoId: 'v', status: 'ready' };
const STATE = { uploadReference: 'r', ...VIDEO };
const REQUEST = { fileName: 'film.mp4', sizeBytes: 8, mimeType: 'video/mp4' };

/** A transport whose calls are recorded and answered with `body`, or with what `answer` does. */
function transportWith(
  body: unknown,
  options: HttpTransportOptions = {},
  answer: (call: Call) => Promise<Response> = async () => Response.json(body),
  endpoint = '/api/video',
) {
  const calls: Call[] = [];
  const fetch = (url: string, init: RequestInit) => {
    calls.push({ url, init });
    return answer({ url, init });
  };
  return { calls, transport: createHttpTransport(endpoint, { fetch, ...options }) };
}

const lineOf = ({ url, init }: Call) => `${init.method} ${url} ${init.body ?? ''}`.trim();

test('each call is one request to its route, with a JSON body where there is one', async () => {
  const { calls, transport } = transportWith({ ...TICKET, ...STATE, parts: [] });
  await transport.getUploadUrl(REQUEST, {});
  await transport.getUpload('r/1', {});
  expect(await transport.signParts('r/1', [1, 2], {})).toEqual([]);
  await transport.confirmUpload('r/1', { durationSeconds: 3 }, {});
  await transport.abortUpload('r/1', {});
  await transport.getVideo('v 1', {});
  expect(calls.map(lineOf)).toEqual([
    `POST /api/video/uploads ${JSON.stringify(REQUEST)}`,
    'GET /api/video/uploads/r%2F1',
    'POST /api/video/uploads/r%2F1/parts {"partNumbers":[1,2]}',
    'POST /api/video/uploads/r%2F1/confirm {"durationSeconds":3}',
    'DELETE /api/video/uploads/r%2F1',
    'GET /api/video/videos/v%201',
  ]);
  for (const { init } of calls) {
    expect(new Headers(init.headers).get('content-type')).toBe(init.body === undefined ? null : 'application/json');
    expect([init.credentials, init.cache]).toEqual(['same-origin', 'no-store']);
    expect(new Headers(init.headers).has('idempotency-key')).toBe(false);
  }
});

test('the idempotency key is a header of the request for a ticket', async () => {
  const { calls, transport } = transportWith(TICKET);
  expect(await transport.getUploadUrl(REQUEST, { idempotencyKey: 'k1' })).toEqual(TICKET);
  expect(new Headers(calls[0]?.init.headers).get('idempotency-key')).toBe('k1');
});

test.each([
  ['/api/video/', '/api/video/videos/v'],
  ['https://host.example/api//', 'https://host.example/api/videos/v'],
  ['', '/videos/v'],
])('the endpoint %j leads to %s', async (endpoint, url) => {
  const { calls, transport } = transportWith(VIDEO, {}, undefined, endpoint);
  await transport.getVideo('v', {});
  expect(calls[0]?.url).toBe(url);
});

test('headers are sent with every call; a function, also an async one, is called before each', async () => {
  const fixed = transportWith(VIDEO, { headers: { 'X-Token': 'a' }, credentials: 'include' });
  await fixed.transport.getVideo('v', {});
  expect(new Headers(fixed.calls[0]?.init.headers).get('x-token')).toBe('a');
  expect(fixed.calls[0]?.init.credentials).toBe('include');
  let count = 0;
  const { calls, transport } = transportWith(VIDEO, { headers: async () => ({ 'X-Token': `${++count}` }) });
  await transport.getVideo('v', {});
  await transport.getVideo('v', {});
  expect(calls.map(({ init }) => new Headers(init.headers).get('x-token'))).toEqual(['1', '2']);
});

test('headers may be a method of a class, and keep their `this`', async () => {
  const sent: unknown[] = [];
  class Options {
    readonly #token = 'a';
    readonly fetch = async (_url: string, { headers }: RequestInit) => {
      sent.push(new Headers(headers).get('x-token'));
      return Response.json(VIDEO);
    };
    async headers() {
      return { 'X-Token': this.#token };
    }
  }
  await createHttpTransport('/api/video', new Options()).getVideo('v', {});
  expect(sent).toEqual(['a']);
});

test('a refusal of the routes becomes the error that was thrown there', async () => {
  const error = { code: 'RATE_LIMITED', message: 'Wait.', retryable: true, retryAfterMs: 1500 };
  const { transport } = transportWith({}, {}, async () => Response.json({ error }, { status: 429 }));
  await expect(transport.getVideo('v', {})).rejects.toMatchObject({ code: 'RATE_LIMITED', retryAfterMs: 1500 });
});

test('a 401 from software before the routes means an ended session, whatever its body', async () => {
  for (const body of [
    'Unauthorized',
    '{"statusCode":401,"error":"Unauthorized"}',
    JSON.stringify({ error: { code: 'UNAUTHENTICATED', message: 'Sign in.' } }),
  ]) {
    const { transport } = transportWith({}, {}, async () => new Response(body, { status: 401 }));
    await expect(transport.signParts('r', [1], {})).rejects.toMatchObject({
      ...{ name: 'AccessError', code: 'UNAUTHENTICATED', operation: 'signParts' },
    });
  }
});

test.each([
  [502, true],
  [503, true],
  [403, false],
])('an answer %i that is not JSON is retryable: %s', async (status, retryable) => {
  const { transport } = transportWith({}, {}, async () => new Response('<html>', { status }));
  await expect(transport.getVideo('v', {})).rejects.toMatchObject({ name: 'BackendError', retryable });
});

test.each([
  ['getUploadUrl', TICKET],
  ['getUpload', STATE],
  ['signParts', { parts: [] }],
  ['confirmUpload', VIDEO],
  ['getVideo', VIDEO],
] as const)(
  '%s rejects a 200 that lacks any member it reads, and the page of a captive portal',
  async (name, whole) => {
    const call = (body: BodyInit) => {
      const { transport } = transportWith({}, {}, async () => new Response(body));
      const own = { signal: new AbortController().signal };
      switch (name) {
        case 'getUploadUrl':
          return transport.getUploadUrl(REQUEST, own);
        case 'signParts':
          return transport.signParts('r', [1], own);
        case 'confirmUpload':
          return transport.confirmUpload('r', {}, own);
        default:
          return transport[name]('r', own);
      }
    };
    await expect(call(JSON.stringify(whole))).resolves.toBeDefined();
    const lacking = Object.keys(whole).map((key) =>
      JSON.stringify(Object.fromEntries(Object.entries(whole).filter(([other]) => other !== key))),
    );
    for (const body of [...lacking, '<html>Sign in</html>', 'null', '7', '""']) {
      await expect(call(body)).rejects.toMatchObject({ code: 'BACKEND_BAD_RESPONSE', retryable: true });
    }
  },
);

test('a cancelled upload is released by an empty answer, and not by the page of a captive portal', async () => {
  const answering = (response: () => Response) => transportWith(undefined, {}, async () => response()).transport;
  await answering(() => new Response(null, { status: 204 })).abortUpload('r', {});
  const portal = answering(() => new Response('<!doctype html>Please sign in'));
  await expect(portal.abortUpload('r', {})).rejects.toMatchObject({
    ...{ code: 'BACKEND_BAD_RESPONSE', retryable: true, message: 'The answer of the server was not understood.' },
  });
});

test('an unreachable host app is BACKEND_UNAVAILABLE, with the operation and the cause', async () => {
  const cause = new TypeError('Failed to fetch');
  const { transport } = transportWith({}, {}, () => Promise.reject(cause));
  const calls = {
    getUploadUrl: () => transport.getUploadUrl(REQUEST, {}),
    getUpload: () => transport.getUpload('r', {}),
    signParts: () => transport.signParts('r', [1], {}),
    confirmUpload: () => transport.confirmUpload('r', {}, {}),
    abortUpload: () => transport.abortUpload('r', {}),
    getVideo: () => transport.getVideo('v', {}),
  };
  for (const [operation, call] of Object.entries(calls)) {
    await expect(call()).rejects.toMatchObject({
      ...{ code: 'BACKEND_UNAVAILABLE', retryable: true, operation, cause, message: 'The server cannot be reached.' },
    });
  }
});

test('a connection that drops within the answer is BACKEND_UNAVAILABLE too', async () => {
  const body = new ReadableStream({ pull: (controller) => controller.error(new TypeError('reset')) });
  const { transport } = transportWith({}, {}, async () => new Response(body));
  await expect(transport.getVideo('v', {})).rejects.toMatchObject({ code: 'BACKEND_UNAVAILABLE' });
});

/** Answers when it is aborted, as `fetch` does. */
const hanging = ({ init: { signal } }: Call) =>
  new Promise<Response>((_, reject) => {
    signal?.addEventListener('abort', () => reject(signal.reason));
    if (signal?.aborted) reject(signal.reason);
  });

test('an aborted call rejects with the signal’s reason', async () => {
  const { transport } = transportWith({}, {}, hanging);
  const controller = new AbortController();
  const reason = new Error('the page says so');
  const call = transport.getVideo('v', { signal: controller.signal });
  controller.abort(reason);
  await expect(call).rejects.toBe(reason);
});

test.each<readonly [string, HttpTransportOptions]>([
  ['headers', { headers: () => new Promise(() => undefined) }],
  ['fetch', { fetch: () => new Promise(() => undefined) }],
])('a function `%s` of the page that never answers ends with the signal and with the deadline', async (_, options) => {
  const { transport } = transportWith({}, options);
  const reason = new Error('the page says so');
  const controller = new AbortController();
  const deadline = new AbortController();
  vi.spyOn(AbortSignal, 'timeout').mockReturnValue(deadline.signal);
  const calls = [transport.getVideo('v', { signal: controller.signal }), transport.getVideo('v', {})];
  controller.abort(reason);
  await expect(calls[0]).rejects.toBe(reason);
  await expect(transport.getVideo('v', { signal: controller.signal })).rejects.toBe(reason);
  deadline.abort(new DOMException('late', 'TimeoutError'));
  await expect(calls[1]).rejects.toMatchObject({ code: 'TIMEOUT', operation: 'getVideo' });
});

test.each([
  [{}, 60_000],
  [{ timeoutSeconds: 7 }, 7000],
])('with the options %j a call without an answer fails with a retryable TIMEOUT after %i ms', async (options, ms) => {
  const { transport } = transportWith({}, options, hanging);
  const deadline = new AbortController();
  const timeout = vi.spyOn(AbortSignal, 'timeout').mockReturnValue(deadline.signal);
  const { signal } = new AbortController();
  const call = transport.getVideo('v', { signal });
  deadline.abort(new DOMException('late', 'TimeoutError'));
  await expect(call).rejects.toMatchObject({ code: 'TIMEOUT', retryable: true, operation: 'getVideo' });
  expect(timeout.mock.calls).toEqual([[ms]]);
});

test.each([
  [{ header: {} }, 'do you mean `headers`?'],
  [{ headers: 'x' }, '`headers` must be an object of headers, or a function'],
  [{ headers: null }, '`headers` must be an object of headers, or a function'],
  [{ credentials: 'always' }, "`credentials` must be 'omit', 'same-origin' or 'include'"],
  [{ fetch: {} }, '`fetch` must be a function like fetch'],
  [{ timeoutSeconds: 0 }, '`timeoutSeconds` must be a whole number of seconds from 1 to 600'],
  [{ timeoutSeconds: 601 }, '`timeoutSeconds` must be a whole number of seconds from 1 to 600'],
])('the options %j are refused with a message that explains the fix', (options, message) => {
  expect(() => Reflect.apply(createHttpTransport, undefined, ['/', options])).toThrow(message);
});

test.each([
  { credentials: 'omit' },
  { credentials: 'include' },
  { timeoutSeconds: 600 },
  { timeoutSeconds: 1 },
] as const)('the options %j are accepted', (options) => {
  expect(() => createHttpTransport('/', options)).not.toThrow();
});
