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

/** A command that is answered when the test wants it. */
function pending() {
  let resolve: (answer: string) => void = () => undefined;
  let reject: (error: Error) => void = () => undefined;
  const promise = new Promise<string>((...settle) => {
    [resolve, reject] = settle;
  });
  return { command: vi.fn(() => promise), resolve, reject };
}
/** Asks, and says how it ended. */
const outcome = (command: () => Promise<string>) =>
  availability.ask(command).catch((error: { code: string }) => error.code);
const answering = () => vi.fn(async () => 'answer');

test('an answer within the time is given, and no timer stays behind', async () => {
  const { command, resolve } = pending();
  const asked = outcome(command);
  await vi.advanceTimersByTimeAsync(199);
  resolve('answer');
  expect(await asked).toBe('answer');
  expect(vi.getTimerCount()).toBe(0);
  expect(onUnavailable).not.toHaveBeenCalled();
});

test('an answer that has arrived while the process was busy is given, and the next calls are asked', async () => {
  const { port1, port2 } = new MessageChannel();
  const answered = new Promise<string>((resolve) => port1.addEventListener('message', () => resolve('answer')));
  port1.start();
  // In front of the timers of a turn, which run before what has arrived is read.
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
  test('is given up after exactly the timeout', async () => {
    const settled = vi.fn();
    void outcome(pending().command).then(settled);
    await vi.advanceTimersByTimeAsync(199);
    expect(settled).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(settled).toHaveBeenCalledExactlyOnceWith('STORE_UNAVAILABLE');
    expect(vi.getTimerCount()).toBe(0);
  });

  test('is reported with the time that it had', async () => {
    const asked = outcome(pending().command);
    await vi.advanceTimersByTimeAsync(200);
    await asked;
    expect(onUnavailable.mock.lastCall?.[0]).toHaveProperty('cause.message', 'no answer within 200 ms');
  });

  test('is then asked once a second: the others are answered at once and send nothing', async () => {
    const first = outcome(pending().command);
    await vi.advanceTimersByTimeAsync(200);
    await first;
    const early = answering();
    await vi.advanceTimersByTimeAsync(999);
    await expect(availability.ask(early)).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      cause: { message: 'it did not answer just now, and was not asked again' },
    });
    expect(early).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    const [probe, beside] = [pending(), answering()];
    const probing = outcome(probe.command);
    expect(await outcome(beside)).toBe('STORE_UNAVAILABLE');
    expect([probe.command, beside].map((command) => command.mock.calls.length)).toEqual([1, 0]);
    await vi.advanceTimersByTimeAsync(200);
    expect(await probing).toBe('STORE_UNAVAILABLE');
    // The second begins anew with the probe's own end.
    await vi.advanceTimersByTimeAsync(999);
    expect(await outcome(early)).toBe('STORE_UNAVAILABLE');
    await vi.advanceTimersByTimeAsync(1);
    expect(await outcome(answering())).toBe('answer');
    expect(await outcome(answering())).toBe('answer');
  });

  test('is back with its first answer, however late', async () => {
    const late = pending();
    const asked = outcome(late.command);
    await vi.advanceTimersByTimeAsync(200);
    expect(await asked).toBe('STORE_UNAVAILABLE');
    late.resolve('late');
    await vi.advanceTimersByTimeAsync(0);
    expect(await outcome(answering())).toBe('answer');
  });

  test('is not back with a late failure, which needs no handler', async () => {
    const late = pending();
    const asked = outcome(late.command);
    await vi.advanceTimersByTimeAsync(200);
    await asked;
    late.reject(new Error('connection closed'));
    await vi.advanceTimersByTimeAsync(0);
    expect(await outcome(answering())).toBe('STORE_UNAVAILABLE');
  });
});

test('after a failure that comes at once the next call asks again', async () => {
  const failing = vi.fn(() => Promise.reject(new Error('connection refused')));
  expect(await outcome(failing)).toBe('STORE_UNAVAILABLE');
  expect(await outcome(failing)).toBe('STORE_UNAVAILABLE');
  expect(failing).toHaveBeenCalledTimes(2);
  expect(await outcome(answering())).toBe('answer');
});

test.each([
  [Object.assign(new Error('WRONGPASS to redis://:canary@db'), { command: { name: 'auth', args: ['canary'] } })],
  ['password=canary'],
])('no password of a failed login stays in the error', async (failure) => {
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

test('what the host’s function throws reaches the caller', async () => {
  onUnavailable.mockImplementation(() => {
    throw new Error('of the host');
  });
  await expect(availability.ask(() => Promise.reject(new Error('down')))).rejects.toThrow('of the host');
});

test('an error in the settings is not an outage', async () => {
  const mistake = new ConfigurationError('take another client');
  await expect(availability.ask(() => Promise.reject(mistake))).rejects.toBe(mistake);
  expect(onUnavailable).not.toHaveBeenCalled();
});
