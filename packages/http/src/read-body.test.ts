import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { NodeRequest } from 'srvx/node';
import { expect, test, vi } from 'vitest';
import { readBody } from './read-body.ts';

const textOf = async (request: Request, bounds = { maxBytes: 8, timeoutMs: 5000 }) =>
  new TextDecoder().decode(await readBody(request, bounds));

/** A web `Request` whose body arrives in these pieces, then ends or stays open. */
function streamed(pieces: readonly string[], { headers = {}, ends = true } = {}): Request {
  const body = new ReadableStream({
    start: (controller) => {
      for (const piece of pieces) controller.enqueue(new TextEncoder().encode(piece));
      if (ends) controller.close();
    },
  });
  return new Request('http://host/', { method: 'POST', body, duplex: 'half', headers });
}

test('a body of exactly the limit is read, a longer length is refused before a byte is read', async () => {
  expect(await textOf(streamed(['12345678'], { headers: { 'content-length': '8' } }))).toBe('12345678');
  const refused = streamed(['12345678'], { headers: { 'content-length': '9' } });
  await expect(textOf(refused)).rejects.toMatchObject({ code: 'BODY_TOO_LARGE' });
  expect(refused.bodyUsed).toBe(false);
});

test('no timer is kept once a body has been read or refused', async () => {
  vi.useFakeTimers();
  try {
    expect(await textOf(streamed(['1234']))).toBe('1234');
    expect(vi.getTimerCount()).toBe(0);
    await expect(textOf(streamed(['123456789'], { ends: false }))).rejects.toMatchObject({ code: 'BODY_TOO_LARGE' });
    expect(vi.getTimerCount()).toBe(0);
  } finally {
    vi.useRealTimers();
  }
});

test('a body with length 0 is not waited for', async () => {
  const request = streamed([], { headers: { 'content-length': '0' }, ends: false });
  expect(await textOf(request, { maxBytes: 8, timeoutMs: 2_000_000_000 })).toBe('');
});

/** A request as `/node` gets it, whose body has arrived. */
function ofNode(): { readonly request: Request; readonly incoming: IncomingMessage } {
  const incoming = new IncomingMessage(new Socket());
  Object.assign(incoming, { method: 'POST', url: '/' });
  incoming.headers = { host: 'host' };
  incoming.push(Buffer.from('1234'));
  incoming.push(null);
  return { request: new NodeRequest({ req: incoming, res: new ServerResponse(incoming) }), incoming };
}

test('a body of Node’s own request is read directly, not through a web stream', async () => {
  const { request, incoming } = ofNode();
  const body = vi.fn(() => null);
  Object.defineProperty(request, 'body', { get: body });
  expect(await textOf(request)).toBe('1234');
  expect(incoming.readableDidRead).toBe(true);
  expect(body).not.toHaveBeenCalled();
});

test('a body whose web stream other code has begun to use is read from that stream', async () => {
  const { request } = ofNode();
  const copy = request.clone();
  expect(await copy.text()).toBe('1234');
  expect(await textOf(request)).toBe('1234');
});

test('a body that other code has read, or begun to read, is an error with its fix, not a missing body', async () => {
  const [read, held] = [streamed(['1234']), streamed(['1234'])];
  const reader = read.body?.getReader();
  await reader?.read();
  reader?.releaseLock();
  held.body?.getReader();
  expect([read.bodyUsed, read.body?.locked, held.bodyUsed, held.body?.locked]).toEqual([true, false, false, true]);
  for (const request of [read, held]) {
    const withTheFix = { code: 'MISCONFIGURED', message: expect.stringContaining('express.json()') };
    await expect(textOf(request)).rejects.toMatchObject(withTheFix);
  }
});

test('the body of a refused request is unlocked, so that its rest can be discarded', async () => {
  const request = streamed(['123456789'], { ends: false });
  await expect(textOf(request)).rejects.toMatchObject({ code: 'BODY_TOO_LARGE' });
  expect(request.body?.locked).toBe(false);
});

test('a body that ends early is refused; after an abort of the request, its own error is thrown', async () => {
  const failing = (signal?: AbortSignal) => {
    const body = new ReadableStream({ pull: () => Promise.reject(new Error('The connection was reset.')) });
    return new Request('http://host/', { method: 'POST', body, duplex: 'half', signal: signal ?? null });
  };
  await expect(textOf(failing())).rejects.toMatchObject({ code: 'BODY_INVALID' });
  await expect(textOf(failing(AbortSignal.abort()))).rejects.toThrow('The connection was reset.');
});
