import { getEventListeners } from 'node:events';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { KeyedLock } from './keyed-lock.ts';

describe('KeyedLock', () => {
  test('one at a time for each key, in the order of asking, whatever the timing', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 12 }),
        async (scheduler, keys) => {
          const lock = new KeyedLock();
          const inside = new Map<string, number>();
          const order: number[] = [];
          const works = keys.map((key, index) =>
            lock.run(key, async () => {
              expect(inside.get(key) ?? 0).toBe(0);
              inside.set(key, 1);
              order.push(index);
              await scheduler.schedule(Promise.resolve());
              inside.set(key, 0);
            }),
          );
          await scheduler.waitFor(Promise.all(works));
          for (const key of ['a', 'b', 'c']) {
            const mine = order.filter((index) => keys[index] === key);
            expect(mine).toEqual([...mine].sort((one, other) => one - other));
            expect(lock.count(key)).toBe(0);
          }
        },
      ),
      { numRuns: 200 },
    );
  });

  test('work that throws releases the key', async () => {
    const lock = new KeyedLock();
    await expect(lock.run('a', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await lock.run('a', async () => 'yes')).toBe('yes');
  });

  test('an abort ends the waiting with its own reason, and the next in the queue move up', async () => {
    const lock = new KeyedLock();
    const release = await lock.acquire('a');
    const controller = new AbortController();
    const reason = { why: 'gone' };
    const waiting = lock.acquire('a', controller.signal);
    const behind = lock.acquire('a');
    controller.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    release();
    (await behind)();
    expect(lock.count('a')).toBe(0);
    await expect(lock.acquire('a', AbortSignal.abort(reason))).rejects.toBe(reason);
    expect(lock.count('a')).toBe(0);
  });

  test('a signal is listened to while one waits, and not after', async () => {
    const lock = new KeyedLock();
    const release = await lock.acquire('a');
    const { signal } = new AbortController();
    const waiting = lock.acquire('a', signal);
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
    release();
    (await waiting)();
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });

  test('a holder is not asked to release while nobody waits', async () => {
    const lock = new KeyedLock();
    const asked: string[] = [];
    const release = await lock.acquire('a');
    const second = lock.acquire('a', undefined, () => void asked.push('second'));
    release();
    const releaseSecond = await second;
    expect(asked).toEqual([]);
    releaseSecond();
  });

  test('a caller that leaves the middle of the queue does not start another one', async () => {
    const lock = new KeyedLock();
    const release = await lock.acquire('a');
    const controller = new AbortController();
    const waiting = lock.acquire('a', controller.signal);
    let hasBegun = false;
    const last = lock.acquire('a').then((end) => {
      hasBegun = true;
      return end;
    });
    controller.abort();
    await expect(waiting).rejects.toBe(controller.signal.reason);
    await new Promise(setImmediate);
    expect(hasBegun).toBe(false);
    release();
    (await last)();
  });

  test('releasing twice changes nothing', async () => {
    const lock = new KeyedLock();
    const release = await lock.acquire('a');
    const second = lock.acquire('a');
    release();
    release();
    const releaseSecond = await second;
    expect(lock.count('a')).toBe(1);
    release();
    expect(lock.count('a')).toBe(1);
    releaseSecond();
    expect(lock.count('a')).toBe(0);
  });

  test('the holder is asked to release when another caller waits, and so is the next holder', async () => {
    const lock = new KeyedLock();
    const asked: string[] = [];
    const release = await lock.acquire('a', undefined, () => void asked.push('first'));
    const second = lock.acquire('a', undefined, () => void asked.push('second'));
    const third = lock.acquire('a');
    expect(asked).toEqual(['first', 'first']);
    release();
    const releaseSecond = await second;
    expect(asked).toEqual(['first', 'first', 'second']);
    releaseSecond();
    (await third)();
  });
});
