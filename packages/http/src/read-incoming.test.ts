import { once } from 'node:events';
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { describe, expect, test, vi } from 'vitest';
import { readIncoming } from './read-incoming.ts';

const bounds = { maxBytes: 8, timeoutMs: 123_456 };

/** A request of Node's server whose body has not arrived; `send` makes bytes arrive. */
function incoming() {
  const request = new IncomingMessage(new Socket());
  const send = (...texts: (string | null)[]) => {
    for (const text of texts) request.push(text === null ? null : Buffer.from(text));
  };
  return { request, send };
}

const listeners = (request: IncomingMessage) =>
  ['data', 'end', 'error', 'close'].map((name) => request.listenerCount(name));

/** Begins to read; `isTimerCleared` says whether the read has ended its own timer. */
function read(request: IncomingMessage, { maxBytes, timeoutMs } = bounds) {
  const [planned, cleared] = [vi.spyOn(globalThis, 'setTimeout'), vi.spyOn(globalThis, 'clearTimeout')];
  const body = readIncoming(request, { maxBytes, timeoutMs });
  const timer = planned.mock.results[0]?.value;
  expect(planned.mock.calls[0]?.[1]).toBe(timeoutMs);
  return { body, isTimerCleared: () => cleared.mock.calls.some(([cancelled]) => cancelled === timer) };
}

test('a body up to the limit is read completely, and leaves no listeners and no timer', async () => {
  const { request, send } = incoming();
  const { body, isTimerCleared } = read(request);
  send('1234', '5678', null);
  expect(new TextDecoder().decode(await body)).toBe('12345678');
  expect([listeners(request), isTimerCleared()]).toEqual([[0, 0, 0, 0], true]);
});

describe('a body that is refused', () => {
  test('for one byte too many is left unread and open, so that it can be answered', async () => {
    const { request, send } = incoming();
    const { body, isTimerCleared } = read(request);
    send('1234', '56789', 'more');
    await expect(body).rejects.toMatchObject({ code: 'BODY_TOO_LARGE' });
    expect([listeners(request), isTimerCleared()]).toEqual([[0, 0, 0, 0], true]);
    expect([request.isPaused(), request.destroyed]).toEqual([true, false]);
  });

  test('for being late, too', async () => {
    const { request, send } = incoming();
    const { body } = read(request, { ...bounds, timeoutMs: 1 });
    send('1234');
    await expect(body).rejects.toMatchObject({ code: 'REQUEST_TIMEOUT' });
    expect(listeners(request)).toEqual([0, 0, 0, 0]);
    expect([request.isPaused(), request.destroyed]).toEqual([true, false]);
  });

  test.each([
    ['without an error', undefined],
    ['with one', new Error('ECONNRESET')],
  ])('because its connection is closed %s is unreadable at once', async (_how, error) => {
    const { request, send } = incoming();
    const { body, isTimerCleared } = read(request);
    // A listener of the host app: without any, an error of a stream ends the process.
    request.on('error', () => {});
    send('1234');
    request.destroy(error);
    await expect(body).rejects.toMatchObject({ code: 'BODY_INVALID' });
    expect(isTimerCleared()).toBe(true);
  });

  test('because its connection was closed before is unreadable at once', async () => {
    const { request } = incoming();
    request.destroy();
    await once(request, 'close');
    const { body, isTimerCleared } = read(request);
    await expect(body).rejects.toMatchObject({ code: 'BODY_INVALID' });
    expect([listeners(request), isTimerCleared()]).toEqual([[0, 0, 0, 0], true]);
  });
});
