import type { Clock } from '@videostorage/core';
import { ManualClock } from '@videostorage/testing';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { withUploadLock } from './upload-locks.ts';

afterEach(() => vi.unstubAllGlobals());

type Work = () => Promise<unknown>;
type Request = (name: string, options: { readonly signal: AbortSignal }, work: Work) => Promise<unknown>;

/** Web Locks with this answer. */
function stubLocks(request: Request) {
  vi.stubGlobal('navigator', { locks: { request } });
}

const locked = <Result>(work: () => Promise<Result>, clock: Pick<Clock, 'sleep'> = new ManualClock()) =>
  withUploadLock('key', 'fi\u202Elm.mp4', work, clock);
const turn = () => new Promise((resolve) => setImmediate(resolve));
const refused = () => Promise.reject(new DOMException('The origin is opaque.', 'SecurityError'));

describe.each<readonly [string, () => void]>([
  ['has no Web Locks', () => vi.stubGlobal('navigator', {})],
  ['is not a page', () => vi.stubGlobal('navigator', undefined)],
  ['may not use Web Locks', () => stubLocks(refused)],
])('a page that %s', (_, stub) => {
  test('does the work once, and passes on what it throws', async () => {
    stub();
    let calls = 0;
    expect(await locked(async () => ++calls)).toBe(1);
    const failure = new DOMException('Of the work.', 'SecurityError');
    await expect(locked(() => Promise.reject(failure))).rejects.toBe(failure);
    expect(await locked(async () => ++calls)).toBe(2);
  });

  test('runs the work once at a time, and waits two seconds for the holder of the lock', async () => {
    stub();
    const waits = new ManualClock();
    const over = Promise.withResolvers<string>();
    const first = locked(() => over.promise);
    let outcome: unknown;
    const second = locked(async () => 'second', waits).catch((error: unknown) => {
      outcome = error;
    });
    await turn();
    waits.advance(1999);
    await turn();
    expect(outcome).toBeUndefined();
    waits.advance(1);
    await second;
    expect(outcome).toMatchObject({
      code: 'CONFLICT',
      message: '“film.mp4” is being uploaded already, here or in another tab.',
    });
    expect(await withUploadLock('other', 'film.mp4', async () => 'another upload', waits)).toBe('another upload');
    over.resolve('first');
    expect(await first).toBe('first');
  });

  test.each(['ends', 'fails'])(
    'runs the work when the holder %s within that time, and leaves no timer',
    async (how) => {
      stub();
      const waits = new ManualClock();
      const over = Promise.withResolvers<void>();
      const first = locked(() => over.promise).catch(() => 'failed');
      const second = locked(async () => 'second', waits);
      await turn();
      if (how === 'ends') over.resolve();
      else over.reject(new Error('away'));
      expect(await second).toBe('second');
      expect(await first).toBe(how === 'ends' ? undefined : 'failed');
      expect(waits.sleeping).toBe(0);
    },
  );
});

test('of two calls that wait for the holder, the first runs the work and the other one is refused', async () => {
  const [waits, one, two] = [new ManualClock(), Promise.withResolvers<void>(), Promise.withResolvers<string>()];
  const first = locked(() => one.promise);
  const work = vi.fn(async () => 'third');
  const [second, third] = [locked(() => two.promise, waits), locked(work, waits)];
  one.resolve();
  await first;
  await expect(third).rejects.toMatchObject({ code: 'CONFLICT' });
  two.resolve('second');
  expect([await second, work.mock.calls.length]).toEqual(['second', 0]);
});

describe('by Web Locks', () => {
  test('the work is done under a lock of that upload, and no timer is left', async () => {
    const names: string[] = [];
    stubLocks((name, _, work) => {
      names.push(name);
      return work();
    });
    const waits = new ManualClock();
    const working = locked(async () => {
      await turn();
      return waits.sleeping;
    }, waits);
    expect(await working).toBe(0);
    expect(names).toEqual(['videostorage.upload.key']);
  });

  test('a lock that is not free within two seconds is refused', async () => {
    stubLocks(
      (_, { signal }) =>
        new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    );
    const waits = new ManualClock();
    let outcome: unknown;
    const refusal = locked(async () => 'work', waits).catch((error: unknown) => {
      outcome = error;
    });
    waits.advance(1999);
    await turn();
    expect(outcome).toBeUndefined();
    waits.advance(1);
    await refusal;
    expect(outcome).toMatchObject({ code: 'CONFLICT' });
  });

  test.each([
    new DOMException('The document is not active.', 'InvalidStateError'),
    Object.assign(new Error('of something else'), { name: 'SecurityError' }),
  ])('a failure of Web Locks is rethrown, and the work not done: %s', async (failure) => {
    stubLocks(() => Promise.reject(failure));
    const waits = new ManualClock();
    const work = vi.fn(async () => 'work');
    await expect(locked(work, waits)).rejects.toBe(failure);
    expect([work.mock.calls.length, waits.sleeping]).toEqual([0, 0]);
  });

  test('a SecurityError thrown by the work is not confused with a refused lock: the work is not done twice', async () => {
    stubLocks((_name, _options, work) => work());
    const failure = new DOMException('Of the work.', 'SecurityError');
    const work = vi.fn(() => Promise.reject(failure));
    await expect(locked(work)).rejects.toBe(failure);
    expect(work).toHaveBeenCalledTimes(1);
  });
});
