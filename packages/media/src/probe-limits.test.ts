import { execFile } from 'node:child_process';
import { getEventListeners } from 'node:events';
import { promisify } from 'node:util';
import { fixtures } from '@videostorage/testing';
import { describe, expect, test, vi } from 'vitest';
import { cuesBomb, lacingBomb, samplesBomb, tracksBomb } from '../test-support/bombs.ts';
import { byteReader } from '../test-support/byte-reader.ts';
import { caseFile } from '../test-support/case-file.ts';
import { probeVideo } from './probe-video.ts';
import type { RangeReader } from './range-reader.ts';

const film = await fixtures.moovFirst.read();
const never = () => new Promise<never>(() => undefined);
const tooComplex = { outcome: 'undetermined', reason: 'too-complex' };
/** Bounds for a busy machine, on which a probe takes longer than the defaults allow. */
const longBounds = { timeoutMs: 60_000, maxComputingMs: 60_000 };
const expectNextFileAnswered = async () =>
  expect(await probeVideo(byteReader(film), longBounds)).toMatchObject({ outcome: 'video' });

describe('no file stops the host', () => {
  test('more files of many tracks than threads: each ends when its computing time is over, the event loop keeps running, and a film among them is probed', async () => {
    let turns = 0;
    const counter = setInterval(() => (turns += 1), 1);
    const bombs = Array.from({ length: 3 }, () =>
      probeVideo(byteReader(tracksBomb(10_000)), { timeoutMs: 60_000, maxComputingMs: 50 }),
    );
    await expectNextFileAnswered();
    for (const outcome of await Promise.all(bombs)) expect(outcome).toMatchObject(tooComplex);
    clearInterval(counter);
    expect(turns).toBeGreaterThan(5);
  });

  test.each([
    ['cues', cuesBomb(20_000)],
    ['lacing', lacingBomb(20_000)],
    ['tables of samples', samplesBomb()],
  ])('%s are probed, and their picture is found', async (_, bytes) => {
    expect(await probeVideo(byteReader(bytes))).toMatchObject({ outcome: 'video', widthPixels: 320 });
  });

  test('waiting for the reader does not count as computing time', async () => {
    const slow: RangeReader = {
      sizeBytes: film.length,
      read: async (start, end) => {
        await new Promise((resolve) => setTimeout(resolve, 1100));
        return film.slice(start, end);
      },
    };
    await expectNextFileAnswered();
    expect(await probeVideo(slow, { maxComputingMs: 1000 })).toMatchObject({ outcome: 'video' });
  });
});

describe('the deadline', () => {
  test('a reader that never answers leaves the content undetermined, and its signal aborts', async () => {
    let heard: AbortSignal | undefined;
    const reader: RangeReader = {
      sizeBytes: 1000,
      read: (_start, _end, signal) => {
        heard = signal;
        return never();
      },
    };
    await expectNextFileAnswered();
    const result = await probeVideo(reader, { timeoutMs: 1000 });
    expect(result).toMatchObject({ outcome: 'undetermined', reason: 'timeout', bytesRead: 1000, reads: 1 });
    expect(heard?.aborted).toBe(true);
    await expectNextFileAnswered();
  });

  test('it ends a probe that is computing', async () => {
    const result = await probeVideo(byteReader(tracksBomb(10_000)), { timeoutMs: 200, maxComputingMs: 60_000 });
    expect(result).toMatchObject({ outcome: 'undetermined', reason: 'timeout' });
    await expectNextFileAnswered();
  });

  test('it includes the time in which a file waits for a thread', async () => {
    const gone = new AbortController();
    const reader: RangeReader = { sizeBytes: 1000, read: never };
    const holders = [0, 1].map(() => probeVideo(reader, { signal: gone.signal, timeoutMs: 60_000 }));
    const result = await probeVideo(byteReader(film), { timeoutMs: 50 });
    expect(result).toMatchObject({ outcome: 'undetermined', reason: 'timeout', reads: 0 });
    gone.abort('enough');
    for (const outcome of await Promise.allSettled(holders)) expect(outcome).toMatchObject({ reason: 'enough' });
    await expectNextFileAnswered();
  });
});

test('two files are probed at a time, and every place is passed on or becomes free: after an abort or a deadline, and while others wait', async () => {
  const reader: RangeReader = { sizeBytes: 1000, read: never };
  const hold = (caller: AbortController) => probeVideo(reader, { signal: caller.signal, timeoutMs: 60_000 });
  const callers = [0, 1, 2].map(() => new AbortController());
  const outcomes = callers.map(hold);
  const ended = Promise.allSettled(outcomes);
  const [first, second, third] = callers;
  first?.abort('first');
  await expect(outcomes[0]).rejects.toBe('first');
  // The third has got its place, so none is free.
  const late = await probeVideo(byteReader(film), { timeoutMs: 400 });
  expect(late).toMatchObject({ outcome: 'undetermined', reason: 'timeout', reads: 0 });
  // When a file that has waited ends now, it does not remove another one from the queue.
  const waiting = probeVideo(byteReader(film), { timeoutMs: 30_000 });
  third?.abort('third');
  expect(await waiting).toMatchObject({ outcome: 'video' });
  // The second still holds a place: the other one is free, also after one that waited has given up.
  await expectNextFileAnswered();
  second?.abort('second');
  expect((await ended).map((outcome) => outcome.status === 'rejected' && outcome.reason)).toEqual([
    'first',
    'second',
    'third',
  ]);
});

describe('a failure that is not the fault of the content is passed on', () => {
  test('an error of the reader, and the thread takes the next file', async () => {
    const outage = new Error('The bucket is gone.');
    const reader: RangeReader = { sizeBytes: 1000, read: () => Promise.reject(outage) };
    await expect(probeVideo(reader)).rejects.toBe(outage);
    await expectNextFileAnswered();
  });

  test('a reader may return views of bytes that it keeps: they stay its own', async () => {
    const kept = film.slice();
    const reader: RangeReader = { sizeBytes: kept.length, read: async (start, end) => kept.subarray(start, end) };
    expect(await probeVideo(reader)).toMatchObject({ outcome: 'video' });
    expect(Buffer.compare(kept, film)).toBe(0);
  });

  test.each([999, 1001])('a reader that returns %d of 1000 bytes', async (bytes) => {
    const reader: RangeReader = { sizeBytes: 1000, read: async () => new Uint8Array(bytes) };
    await expect(probeVideo(reader)).rejects.toMatchObject({ code: 'BACKEND_BAD_RESPONSE' });
  });

  test('the caller’s abort: before, while it reads, while it computes', async () => {
    await expect(probeVideo(byteReader(film), { signal: AbortSignal.abort('before') })).rejects.toBe('before');
    const whileReading = new AbortController();
    const reader: RangeReader = {
      sizeBytes: 1000,
      read: () => {
        whileReading.abort('reading');
        return never();
      },
    };
    await expect(probeVideo(reader, { signal: whileReading.signal })).rejects.toBe('reading');
    const signal = AbortSignal.timeout(200);
    const computed = probeVideo(byteReader(tracksBomb(10_000)), { signal, maxComputingMs: 60_000 });
    await expect(computed).rejects.toMatchObject({ name: 'TimeoutError', message: expect.stringContaining('aborted') });
    await expectNextFileAnswered();
  });
});

test('no listener stays on the caller’s signal, whatever the outcome', async () => {
  const { signal } = new AbortController();
  await probeVideo(byteReader(film), { signal });
  await probeVideo({ sizeBytes: 1000, read: never }, { signal, timeoutMs: 20 });
  const failing: RangeReader = { sizeBytes: 1000, read: () => Promise.reject(new Error('The bucket is gone.')) };
  await expect(probeVideo(failing, { signal })).rejects.toThrow('gone');
  expect(getEventListeners(signal, 'abort')).toHaveLength(0);
});

test('no timer stays, whatever the outcome: none keeps the process of a host alive', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    expect(await probeVideo(byteReader(film))).toMatchObject({ outcome: 'video' });
    const failing: RangeReader = { sizeBytes: 1000, read: () => Promise.reject(new Error('The bucket is gone.')) };
    await expect(probeVideo(failing)).rejects.toThrow('gone');
    expect(vi.getTimerCount()).toBe(0);
  } finally {
    vi.useRealTimers();
  }
});

describe('maxBytes', () => {
  test('is never exceeded; a video that is recognised by then lacks the facts that are not known yet', async () => {
    const bytes = await caseFile('live-starting-at-36000.webm');
    const sizeBytes = 40 * 1024 * 1024;
    const reader: RangeReader = {
      sizeBytes,
      read: async (start, end) => {
        const piece = new Uint8Array(end - start);
        if (start < bytes.length) piece.set(bytes.subarray(start, Math.min(end, bytes.length)));
        return piece;
      },
    };
    const result = await probeVideo(reader, { maxBytes: 600_000 });
    expect(result).toMatchObject({ outcome: 'video', widthPixels: 320 });
    expect(result).not.toHaveProperty('durationSeconds');
    expect(result.bytesRead).toBeLessThanOrEqual(600_000);
  });

  test('that is used up before anything is known is too-much-to-read', async () => {
    const result = await probeVideo(byteReader(film), { maxBytes: film.length - 1 });
    expect(result).toMatchObject({ outcome: 'undetermined', reason: 'too-much-to-read', bytesRead: 0 });
    expect(await probeVideo(byteReader(film), { maxBytes: film.length })).toMatchObject({ outcome: 'video' });
  });
});

test.each(['timeoutMs', 'maxBytes', 'maxComputingMs'])('%s that is not a number above 0 is refused', async (name) => {
  for (const value of [0, -1, Number.NaN, '10000']) {
    await expect(probeVideo(byteReader(film), { [name]: value })).rejects.toMatchObject({ code: 'MISCONFIGURED' });
  }
});

test('a bound that is longer than a timer can wait counts as no bound, and does not end the probe at once', async () => {
  for (const bound of [2 ** 31, Number.POSITIVE_INFINITY]) {
    const probed = probeVideo(byteReader(film), { timeoutMs: bound, maxComputingMs: bound, maxBytes: bound });
    expect(await probed).toMatchObject({ outcome: 'video' });
  }
});

test('a misspelt option, or a value that is not a signal, is refused by its name', async () => {
  await expect(Reflect.apply(probeVideo, undefined, [byteReader(film), { timeoutms: 5 }])).rejects.toThrow(
    'probeVideo: `timeoutms` is not an option; do you mean `timeoutMs`?',
  );
  // An object without the members of a signal, and the controller in place of its signal.
  for (const signal of [true, {}, new AbortController()]) {
    await expect(Reflect.apply(probeVideo, undefined, [byteReader(film), { signal }])).rejects.toThrow(
      '`signal` must be an AbortSignal',
    );
  }
});

test.each([-1, 0.5, Number.NaN])('a size of %d bytes is refused', async (sizeBytes) => {
  await expect(probeVideo({ sizeBytes, read: never })).rejects.toMatchObject({ code: 'MISCONFIGURED' });
});

test('a process ends by itself when one of its threads is idle and one was ended and replaced, from source and without a loader', async () => {
  const [entry, bombs] = ['./index.ts', '../test-support/bombs.ts'].map((file) => new URL(file, import.meta.url).href);
  const program = `
    const { probeVideo } = await import(${JSON.stringify(entry)});
    const { tracksBomb } = await import(${JSON.stringify(bombs)});
    const reasonOf = async (bytes, maxComputingMs) => {
      const read = async (start, end) => bytes.slice(start, end);
      return (await probeVideo({ sizeBytes: bytes.length, read }, { maxComputingMs })).reason;
    };
    const reasons = await Promise.all([reasonOf(new Uint8Array(1000), 20_000), reasonOf(tracksBomb(10_000), 50)]);
    console.log(reasons.join());
  `;
  const flags = ['--conditions=@videostorage/source', '--input-type=module', '--eval', program];
  const { stdout } = await promisify(execFile)(process.execPath, flags, { timeout: 20_000 });
  expect(stdout).toBe('unrecognised,too-complex\n');
});
