import { getEventListeners } from 'node:events';
import { fixtures } from '@videostorage/testing';
import { describe, expect, test } from 'vitest';
import { byteReader } from '../test-support/byte-reader.ts';
import type { RangeReader } from './range-reader.ts';
import { readVideoFile } from './read-video-file.ts';

const bytes = await fixtures.moovLast.read();

/** A reader that does something else with the n-th read. */
function failingAt(count: number, fail: (signal?: AbortSignal) => Promise<Uint8Array>): RangeReader {
  let reads = 0;
  const { read } = byteReader(bytes);
  // Padding puts the index into blocks of its own, so that there is more than one read.
  const padding = 1_000_000;
  return {
    sizeBytes: bytes.length + padding,
    read: async (start, end, signal) => {
      reads += 1;
      if (reads === count) return fail(signal);
      const part = new Uint8Array(end - start);
      part.set((await read(start, end)).subarray(0, Math.max(0, bytes.length - start)));
      return part;
    },
  };
}

describe('what the reader throws passes through', () => {
  test('on the first read', async () => {
    const error = Object.assign(new Error('EIO: i/o error, read'), { code: 'EIO' });
    await expect(readVideoFile(failingAt(1, () => Promise.reject(error)))).rejects.toBe(error);
  });

  test.each(['webm', 'matroska', 'fragmented', 'moovFirst', 'quicktime'] as const)(
    'on any read of %s',
    async (name) => {
      const whole = await fixtures[name].read();
      const error = new Error('disk');
      // Blocks are larger than the fixtures, so the file is put at the end of many empty ones where that is possible.
      const reader = byteReader(whole);
      for (let failAt = 1; failAt <= 3; failAt += 1) {
        let reads = 0;
        const read: RangeReader['read'] = (start, end) => {
          reads += 1;
          return reads === failAt ? Promise.reject(error) : reader.read(start, end);
        };
        const outcome = readVideoFile({ sizeBytes: whole.length, read });
        if ((await readVideoFile(reader)).reads < failAt)
          await expect(outcome).resolves.toMatchObject({ isVideo: true });
        else await expect(outcome).rejects.toBe(error);
      }
    },
  );

  test('whatever it is: no error at all, or one that looks like a parser’s', async () => {
    await expect(readVideoFile(failingAt(1, () => Promise.reject('text')))).rejects.toBe('text');
    const lookalike = new RangeError('Slicing outside of original slice.');
    await expect(readVideoFile(failingAt(1, () => Promise.reject(lookalike)))).rejects.toBe(lookalike);
  });

  test('a reader that returns less than was asked for', async () => {
    await expect(readVideoFile(failingAt(1, async () => new Uint8Array(5)))).rejects.toThrow(RangeError);
  });
});

describe('the caller’s abort passes through untouched', () => {
  test('before the first read, which then never happens', async () => {
    const reason = { why: 'closed' };
    const reader: RangeReader = { sizeBytes: 10, read: () => Promise.reject(new Error('must not be asked')) };
    await expect(readVideoFile(reader, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });

  test('while a read is under way, even one that never answers, and the reader hears of it', async () => {
    const controller = new AbortController();
    const reason = new Error('closed');
    let heard: unknown;
    const reader = failingAt(1, (signal) => {
      signal?.addEventListener('abort', () => {
        heard = signal.reason;
      });
      queueMicrotask(() => controller.abort(reason));
      return new Promise(() => undefined);
    });
    await expect(readVideoFile(reader, { signal: controller.signal })).rejects.toBe(reason);
    expect(heard).toBe(reason);
  });

  test('leaves no listener behind', async () => {
    const { signal } = new AbortController();
    for (let count = 0; count < 20; count += 1) await readVideoFile(byteReader(bytes), { signal });
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });
});

describe('bounds', () => {
  test('time: a reader that never answers ends in "too slow"', async () => {
    const reader: RangeReader = { sizeBytes: 1000, read: () => new Promise(() => undefined) };
    expect(await readVideoFile(reader, { timeoutMs: 5 })).toMatchObject({ isVideo: false, reason: 'too-slow' });
  });

  test.each([Number.POSITIVE_INFINITY, 2 ** 40])('time: %d ms is as good as no limit', async (timeoutMs) => {
    expect(await readVideoFile(byteReader(bytes), { timeoutMs })).toMatchObject({ isVideo: true });
  });

  test.each([0, 1, 1000, 39_439])('bytes: never more than %i', async (maxBytesRead) => {
    const result = await readVideoFile(byteReader(bytes), { maxBytesRead });
    expect(result).toMatchObject({ isVideo: false, reason: 'too-much-to-read', bytesRead: 0 });
  });
});
