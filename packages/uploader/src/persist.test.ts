import { BackendError } from '@videostorage/core';
import { expect, test } from 'vitest';
import { BackOff } from './back-off.ts';
import { Connection } from './page/connection.ts';
import { persist } from './persist.ts';

const clock = { now: () => 0, sleep: async () => undefined };

/** A page whose network comes and goes. */
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
