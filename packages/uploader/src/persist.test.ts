import { BackendError } from '@videostorage/core';
import { expect, test } from 'vitest';
import { BackOff } from './back-off.ts';
import { Connection } from './page/connection.ts';
import { persist } from './persist.ts';

const clock = { now: () => 0, sleep: async () => undefined };

/** A page whose network goes offline and online. */
class FlakyPage extends EventTarget {
  navigator: { onLine: boolean } = { onLine: true };

  set(onLine: boolean): void {
    this.navigator = { onLine };
    this.dispatchEvent(new Event(onLine ? 'online' : 'offline'));
  }
}

test('a try that ends because the network went offline is not a failure, however often that happens', async () => {
  const page = new FlakyPage();
  const connection = new Connection(() => undefined, page);
  let tries = 0;
  const waits: number[] = [];
  const counting = { now: () => 0, sleep: async (delayMs: number) => void waits.push(delayMs) };
  const result = await persist(
    async (signal) => {
      tries += 1;
      if (tries > 30) return 'done';
      page.set(false);
      queueMicrotask(() => page.set(true));
      throw signal.reason;
    },
    { signal: new AbortController().signal, backOff: new BackOff(counting), connection },
  );
  expect([result, tries, waits]).toEqual(['done', 31, []]);
});

test('it ends with the signal’s reason while it works, and while it is offline', async () => {
  const page = new FlakyPage();
  const connection = new Connection(() => undefined, page);
  const reason = new Error('enough');
  const whileWorking = new AbortController();
  const working = persist(
    (signal) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    { signal: whileWorking.signal, backOff: new BackOff(clock), connection },
  );
  whileWorking.abort(reason);
  await expect(working).rejects.toBe(reason);

  page.set(false);
  const whileOffline = new AbortController();
  const offline = persist(async () => 'never', {
    signal: whileOffline.signal,
    backOff: new BackOff(clock),
    connection,
  });
  whileOffline.abort(reason);
  await expect(offline).rejects.toBe(reason);
});

test('a period offline resets the waits: failures before it do not count', async () => {
  const page = new FlakyPage();
  const connection = new Connection(() => undefined, page);
  const waits: number[] = [];
  const counting = { now: () => 0, sleep: async (delayMs: number) => void waits.push(delayMs) };
  let tries = 0;
  const work = async () => {
    tries += 1;
    // After the twelfth failure the network goes and comes back.
    if (tries === 13) {
      page.set(false);
      setTimeout(() => page.set(true));
    }
    if (tries < 20) throw new BackendError('BACKEND_UNAVAILABLE', 'away');
    return 'done';
  };
  const backOff = new BackOff(counting, () => 1);
  expect(await persist(work, { signal: new AbortController().signal, backOff, connection })).toBe('done');
  expect([tries, waits[11], waits[12]]).toEqual([20, 20_000, 250]);
});

test('work that fails by itself after the abort still ends with the signal’s reason', async () => {
  const connection = new Connection(() => undefined, {});
  const controller = new AbortController();
  const reason = new Error('paused');
  const work = () => {
    controller.abort(reason);
    return Promise.reject(new BackendError('BACKEND_REFUSED', 'no'));
  };
  const persisted = persist(work, { signal: controller.signal, backOff: new BackOff(clock), connection });
  await expect(persisted).rejects.toBe(reason);
});

test('an abort during a wait after a failure ends it with the signal’s reason', async () => {
  const connection = new Connection(() => undefined, {});
  const controller = new AbortController();
  const reason = new Error('paused');
  const waiting = {
    now: () => 0,
    sleep: (_: number, signal?: AbortSignal) =>
      new Promise<void>((_resolve, reject) => {
        signal?.addEventListener('abort', () => reject(signal.reason));
        controller.abort(reason);
      }),
  };
  const work = () => Promise.reject(new BackendError('BACKEND_UNAVAILABLE', 'away'));
  const persisted = persist(work, { signal: controller.signal, backOff: new BackOff(waiting), connection });
  await expect(persisted).rejects.toBe(reason);
});

test('going offline during a wait ends the wait, and the work is tried again when the network is back', async () => {
  const page = new FlakyPage();
  const connection = new Connection(() => undefined, page);
  let tries = 0;
  const waiting = {
    now: () => 0,
    sleep: (_: number, signal?: AbortSignal) =>
      new Promise<void>((_resolve, reject) => {
        signal?.addEventListener('abort', () => reject(signal.reason));
        page.set(false);
        queueMicrotask(() => page.set(true));
      }),
  };
  const work = async () => {
    tries += 1;
    if (tries === 1) throw new BackendError('BACKEND_UNAVAILABLE', 'away');
    return 'done';
  };
  const { signal } = new AbortController();
  expect(await persist(work, { signal, backOff: new BackOff(waiting), connection })).toBe('done');
});

test('a failure that is not retryable is thrown after one try', async () => {
  const connection = new Connection(() => undefined, {});
  const error = new BackendError('BACKEND_REFUSED', 'no');
  let tries = 0;
  const persisted = persist(
    async () => {
      tries += 1;
      throw error;
    },
    { signal: new AbortController().signal, backOff: new BackOff(clock), connection },
  );
  await expect(persisted).rejects.toBe(error);
  expect(tries).toBe(1);
});
