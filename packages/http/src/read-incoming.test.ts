import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { readIncoming } from './read-incoming.ts';

const bounds = { maxBytes: 8, timeoutMs: 1000 };

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** Node's request before its body; `send` is what arrives on the connection. */
function incoming() {
  const request = new IncomingMessage(new Socket());
  const send = (...texts: (string | null)[]) => {
    for (const text of texts) request.push(text === null ? null : Buffer.from(text));
  };
  return { request, send };
}

/** What a read must not keep once it is over. */
function kept(request: IncomingMessage) {
  const listeners = ['data', 'end', 'error', 'close'].map((name) => request.listenerCount(name));
  return { listeners, timers: vi.getTimerCount() };
}
const NOTHING = { listeners: [0, 0, 0, 0], timers: 0 };

test('a body up to the bound is read whole, and neither listeners nor timer are kept', async () => {
  const { request, send } = incoming();
  const body = readIncoming(request, bounds);
  send('1234', '5678', null);
  expect(new TextDecoder().decode(await body)).toBe('12345678');
  expect(kept(request)).toEqual(NOTHING);
});

describe('a body that is refused', () => {
  test('for one byte too many is left unread and open, so that it can be answered', async () => {
    const { request, send } = incoming();
    const body = readIncoming(request, bounds);
    send('1234', '56789', 'more');
    await expect(body).rejects.toMatchObject({ code: 'BODY_TOO_LARGE' });
    expect(kept(request)).toEqual(NOTHING);
    expect([request.isPaused(), request.destroyed]).toEqual([true, false]);
  });

  test('for being late, to the millisecond, too', async () => {
    const { request, send } = incoming();
    const settled = vi.fn();
    const body = readIncoming(request, bounds);
    body.catch(settled);
    send('1234');
    await vi.advanceTimersByTimeAsync(999);
    expect(settled).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    await expect(body).rejects.toMatchObject({ code: 'REQUEST_TIMEOUT' });
    expect(kept(request)).toEqual(NOTHING);
    expect([request.isPaused(), request.destroyed]).toEqual([true, false]);
  });

  test.each([
    ['without an error', undefined],
    ['with one', new Error('ECONNRESET')],
  ])('because its connection is closed %s is unreadable at once', async (_how, error) => {
    const { request, send } = incoming();
    const body = readIncoming(request, bounds);
    // A listener of the host app: without any, an error of a stream ends the process.
    request.on('error', () => {});
    send('1234');
    request.destroy(error);
    await expect(body).rejects.toMatchObject({ code: 'BODY_INVALID' });
    expect(vi.getTimerCount()).toBe(0);
  });
});
