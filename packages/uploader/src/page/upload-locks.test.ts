import { afterEach, describe, expect, test, vi } from 'vitest';
import { withUploadLock } from './upload-locks.ts';

afterEach(() => vi.unstubAllGlobals());

/** Web Locks that answer so. */
function stubLocks(request: (name: string, options: object, work: () => Promise<unknown>) => Promise<unknown>) {
  vi.stubGlobal('navigator', { locks: { request } });
}

describe('a page that may not use Web Locks', () => {
  const refused = () => Promise.reject(new DOMException('The origin is opaque.', 'SecurityError'));

  test('does the work once, and passes on what it throws', async () => {
    stubLocks(refused);
    let calls = 0;
    expect(await withUploadLock('key', 'film.mp4', async () => ++calls)).toBe(1);
    const failure = new DOMException('Of the work.', 'SecurityError');
    await expect(withUploadLock('key', 'film.mp4', () => Promise.reject(failure))).rejects.toBe(failure);
    expect(await withUploadLock('key', 'film.mp4', async () => ++calls)).toBe(2);
  });

  test('does it once at a time', async () => {
    stubLocks(refused);
    const over = Promise.withResolvers<string>();
    const first = withUploadLock('key', 'film.mp4', () => over.promise);
    await expect(withUploadLock('key', 'film.mp4', async () => 'second')).rejects.toMatchObject({ code: 'CONFLICT' });
    over.resolve('first');
    expect(await first).toBe('first');
  });
});

test('a SecurityError thrown by the work is not taken for a refused lock: the work is not done twice', async () => {
  stubLocks((_name, _options, work) => work());
  let calls = 0;
  const failure = new DOMException('Of the work.', 'SecurityError');
  const work = () => {
    calls += 1;
    return Promise.reject(failure);
  };
  await expect(withUploadLock('key', 'film.mp4', work)).rejects.toBe(failure);
  expect(calls).toBe(1);
});
