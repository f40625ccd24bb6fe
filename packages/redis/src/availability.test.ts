import { inspect } from 'node:util';
import { ConfigurationError, StoreUnavailableError } from '@videostorage/core';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Availability } from './availability.ts';

const onUnavailable = vi.fn<(error: StoreUnavailableError) => void>();
let availability: Availability;
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  onUnavailable.mockReset();
  availability = new Availability({ timeoutMs: 200, onUnavailable });
});
afterEach(() => void vi.useRealTimers());

/** A command that the test answers. */
function pending() {
  let resolve: (answer: string) => void = () => undefined;
  let reject: (error: Error) => void = () => undefined;
  const promise = new Promise<string>((...settle) => {
    [resolve, reject] = settle;
  });
  return { command: vi.fn(() => promise), resolve, reject };
}
/** Makes a call, and returns its result or error code. */
const outcome = (command: () => Promise<string>) =>
  availability.ask(command).catch((error: { code: string }) => error.code);
const answering = () => vi.fn(async () => 'answer');

test('an answer in time is returned, and no timer is left', async () => {
  const { command, resolve } = pending();
  const asked = outcome(command);
  await vi.advanceTimersByTimeAsync(199);
  resolve('answer');
  expect(await asked).toBe('answer');
  expect(vi.getTimerCount()).toBe(0);
  expect(onUnavailable).not.toHaveBeenCalled();
});

test('an answer that arrived while the process was busy is returned, and the next calls are sent', async () => {
  const { port1, port2 } = new MessageChannel();
  const answered = new Promise<string>((resolve) => port1.addEventListener('message', () => resolve('answer')));
  port1.start();
  // Blocks before the timers of this turn of the event loop, which run before the answer that has arrived is read.
  await new Promise((resolve) => setImmediate(resolve));
  const asked = outcome(() => answered);
  port2.postMessage('');
  vi.advanceTimersByTime(200);
  expect(await asked).toBe('answer');
  port1.close();
  await new Promise((resolve) => setImmediate(resolve));
  expect(await outcome(answering())).toBe('answer');
  expect(onUnavailable).not.toHaveBeenCalled();
});

describe('T-E8: a server that does not answer', () => {
  test('is abandoned after exactly the timeout', async () => {
    const settled = vi.fn();
    void outcome(pending().command).then(settled);
    await vi.advanceTimersByTimeAsync(199);
    expect(settled).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(settled).toHaveBeenCalledExactlyOnceWith('STORE_UNAVAILABLE');
    expect(vi.getTimerCount()).toBe(0);
  });

  test('is reported with the timeout', async () => {
    const asked = outcome(pending().command);
    await vi.advanceTimersByTimeAsync(200);
    await asked;
    expect(onUnavailable.mock.lastCall?.[0]).toHaveProperty('cause.message', 'no answer within 200 ms');
  });

  test('then gets one command a second: other calls fail at once and send nothing', async () => {
    const first = outcome(pending().command);
    await vi.advanceTimersByTimeAsync(200);
    await first;
    const early = answering();
    await vi.advanceTimersByTimeAsync(999);
    await expect(availability.ask(early)).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      cause: { message: 'it did not answer just now, so nothing was sent' },
    });
    expect(early).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    const [probe, beside] = [pending(), answering()];
    const probing = outcome(probe.command);
    expect(await outcome(beside)).toBe('STORE_UNAVAILABLE');
    expect([probe.command, beside].map((command) => command.mock.calls.length)).toEqual([1, 0]);
    await vi.advanceTimersByTimeAsync(200);
    expect(await probing).toBe('STORE_UNAVAILABLE');
    // The second starts again when the probe ends.
    await vi.advanceTimersByTimeAsync(999);
    expect(await outcome(early)).toBe('STORE_UNAVAILABLE');
    await vi.advanceTimersByTimeAsync(1);
    expect(await outcome(answering())).toBe('answer');
    expect(await outcome(answering())).toBe('answer');
  });

  test('is available again with its first answer, however late', async () => {
    const late = pending();
    const asked = outcome(late.command);
    await vi.advanceTimersByTimeAsync(200);
    expect(await asked).toBe('STORE_UNAVAILABLE');
    late.resolve('late');
    await vi.advanceTimersByTimeAsync(0);
    expect(await outcome(answering())).toBe('answer');
  });

  test('is not available again with a late failure, which needs no handler', async () => {
    const late = pending();
    const asked = outcome(late.command);
    await vi.advanceTimersByTimeAsync(200);
    await asked;
    late.reject(new Error('connection closed'));
    await vi.advanceTimersByTimeAsync(0);
    expect(await outcome(answering())).toBe('STORE_UNAVAILABLE');
  });
});

test('after an immediate failure the next call is sent', async () => {
  const failing = vi.fn(() => Promise.reject(new Error('connection refused')));
  expect(await outcome(failing)).toBe('STORE_UNAVAILABLE');
  expect(await outcome(failing)).toBe('STORE_UNAVAILABLE');
  expect(failing).toHaveBeenCalledTimes(2);
  expect(await outcome(answering())).toBe('answer');
});

test.each([
  [Object.assign(new Error('WRONGPASS to redis://:canary@db'), { command: { name: 'auth', args: ['canary'] } })],
  ['password=canary'],
])('the password of a failed login is not in the error', async (failure) => {
  const error: unknown = await availability.ask(() => Promise.reject(failure)).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(StoreUnavailableError);
  expect(inspect(error, { depth: 9, showHidden: true })).not.toContain('canary');
});

test('each outage is reported once, with its cause', async () => {
  const failing = (message: string) => () => Promise.reject(new Error(message));
  for (const message of ['first', 'second']) await outcome(failing(message));
  expect(onUnavailable.mock.calls).toEqual([
    [expect.objectContaining({ code: 'STORE_UNAVAILABLE', cause: expect.objectContaining({ message: 'first' }) })],
  ]);
  await outcome(answering());
  await outcome(failing('third'));
  expect(onUnavailable).toHaveBeenCalledTimes(2);
  expect(onUnavailable.mock.lastCall?.[0]).toBeInstanceOf(StoreUnavailableError);
});

test('an error that the host app’s function throws reaches the caller', async () => {
  onUnavailable.mockImplementation(() => {
    throw new Error('of the host');
  });
  await expect(availability.ask(() => Promise.reject(new Error('down')))).rejects.toThrow('of the host');
});

test('a wrong setting is not an outage', async () => {
  const mistake = new ConfigurationError('take another client');
  await expect(availability.ask(() => Promise.reject(mistake))).rejects.toBe(mistake);
  expect(onUnavailable).not.toHaveBeenCalled();
});
