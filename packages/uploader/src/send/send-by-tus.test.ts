import { BackendError } from '@videostorage/core';
import BaseUpload from 'tus-js-client/lib/upload.js';
import { expect, test } from 'vitest';
import { sendJob } from '../../test-support/send-job.ts';
import { chunkSizeOf, sendByTus } from './send-by-tus.ts';

const KIB = 1024;
const MIB = 1024 * KIB;
const stream = { minBytes: 5 * MIB, maxBytes: 200 * MIB, multipleOf: 256 * KIB };

test.each([
  ['of the wanted size', stream, 16 * MIB, 16 * MIB],
  ['not below the minimum', stream, MIB, 5 * MIB],
  ['not above the maximum', { ...stream, maxBytes: 8 * MIB }, 16 * MIB, 8 * MIB],
  ['rounded down to a multiple', stream, 6 * MIB + 1, 6 * MIB],
  [
    'rounded up to a multiple where rounding down falls below the minimum',
    { minBytes: 300, maxBytes: 1000, multipleOf: 256 },
    100,
    512,
  ],
  [
    'of the wanted size where the storage has no rules',
    { minBytes: 1, maxBytes: 5_000_000_000, multipleOf: 1 },
    16 * MIB,
    16 * MIB,
  ],
  ['of one byte at least, whatever the rule', { minBytes: 0, maxBytes: 0, multipleOf: 1 }, 16 * MIB, 1],
])('a chunk is %s', (_, rule, wanted, expected) => {
  expect(chunkSizeOf(rule, wanted)).toBe(expected);
});

const clock = { now: () => 0 };
const ticket = { protocol: 'tus', videoId: 'v', uploadReference: 'r', expiresAt: '2026-11-28T00:00:00.000Z' } as const;

test('each retry has chunks of half the size, down to the ticket’s minimum', async () => {
  const file = new File([new Uint8Array(40 * MIB)], 'film.mp4');
  const sizes: number[] = [];
  let offset = 0;
  // The storage keeps nothing of an interrupted chunk, and no connection lasts for more than 6 MiB.
  const job = sendJob(file, async ({ method, body }) => {
    const headers: Readonly<Record<string, string>> = { 'Upload-Length': String(file.size) };
    if (method === 'PATCH' && body instanceof Blob) {
      sizes.push(body.size / MIB);
      if (body.size > 6 * MIB) throw new BackendError('BACKEND_UNAVAILABLE', 'broke');
      offset += body.size;
    }
    const answered = { ...headers, 'Upload-Offset': String(offset) };
    return {
      status: 204,
      text: '',
      header: (name) => Object.entries(answered).find(([key]) => key === name)?.[1] ?? null,
    };
  });
  await sendByTus({ ...ticket, url: 'https://storage.example/1', chunk: stream }, job, clock, BaseUpload);
  expect(sizes).toEqual([16, 8, 5, 5, 5, 5, 5, 5, 5, 5]);
  expect(job.reported.at(-2)).toBe(`arrived ${file.size}`);
});

const anySize = { minBytes: 1, maxBytes: Number.MAX_SAFE_INTEGER, multipleOf: 1 };

test.each([
  ['8 MiB/s: as much as four seconds allow', 8, stream, [16, 32, 32, 32, 32, 32, 32, 32, 32, 32, 32, 32, 32, 32]],
  ['4 MiB/s: not below the first', 4, stream, Array(27).fill(16)],
  ['1 MiB/s: not below the first', 1, stream, Array(27).fill(16)],
  ['1 GiB/s: not above the ticket’s maximum', KIB, { ...stream, maxBytes: 208 * MIB }, [16, 208, 208]],
  ['1 GiB/s: not above 256 MiB', KIB, anySize, [16, 256, 160]],
])('chunks at %s', async (_, mibPerSecond, chunk, expected) => {
  // Not 432 MiB of memory: only its size counts, and that of its slices.
  const sizeBytes = 432 * MIB;
  const sized = <Value extends Blob>(blob: Value, size: number) => Object.defineProperty(blob, 'size', { value: size });
  const file = sized(new File([], 'film.mp4'), sizeBytes);
  file.slice = (start = 0, end = sizeBytes) => sized(new Blob(), Math.min(end, sizeBytes) - start);
  const sizes: number[] = [];
  let offset = 0;
  let nowMs = 0;
  const job = sendJob(file, async ({ method, body }) => {
    if (method === 'PATCH' && body instanceof Blob) {
      nowMs += (body.size / MIB / mibPerSecond) * 1000;
      sizes.push(body.size / MIB);
      offset += body.size;
    }
    const headers: Readonly<Record<string, string>> = {
      'Upload-Length': String(sizeBytes),
      'Upload-Offset': String(offset),
    };
    return { status: 204, text: '', header: (name) => headers[name] ?? null };
  });
  await sendByTus({ ...ticket, url: 'https://storage.example/1', chunk }, job, { now: () => nowMs }, BaseUpload);
  expect(sizes).toEqual(expected);
});

test('the offset of a new upload is not requested; after a failure it is', async () => {
  const file = new File([new Uint8Array(20)], 'film.mp4');
  const asked: string[] = [];
  let offset = 0;
  const job = sendJob(file, async ({ method, body, headers }) => {
    asked.push(method === 'PATCH' ? `PATCH ${headers['Upload-Offset']}` : method);
    // Half of the first chunk arrives.
    if (asked.length === 1) {
      offset = 10;
      throw new BackendError('BACKEND_UNAVAILABLE', 'dropped');
    }
    if (body instanceof Blob) offset += body.size;
    const answered = new Map([
      ['Upload-Length', '20'],
      ['Upload-Offset', `${offset}`],
    ]);
    return { status: 200, text: '', header: (name) => answered.get(name) ?? null };
  });
  const url = 'https://storage.example/1';
  await sendByTus({ ...ticket, url, chunk: anySize }, { ...job, isNew: true }, clock, BaseUpload);
  expect(asked).toEqual(['PATCH 0', 'HEAD', 'PATCH 10']);
  expect(job.reported.at(-2)).toBe('arrived 20');
});

test('after a failure chunks no longer grow, and start below the first size however large they were', async () => {
  const sizeBytes = 400 * MIB;
  const sized = <Value extends Blob>(blob: Value, size: number) => Object.defineProperty(blob, 'size', { value: size });
  const file = sized(new File([], 'film.mp4'), sizeBytes);
  file.slice = (start = 0, end = sizeBytes) => sized(new Blob(), Math.min(end, sizeBytes) - start);
  const sizes: number[] = [];
  let offset = 0;
  const job = sendJob(file, async ({ method, body }) => {
    if (method === 'PATCH' && body instanceof Blob) {
      sizes.push(body.size / MIB);
      // The answer of a proxy with a limit on the size of requests.
      if (body.size > 100 * MIB) return { status: 413, text: '', header: () => null };
      offset += body.size;
    }
    const headers = new Map([
      ['Upload-Length', `${sizeBytes}`],
      ['Upload-Offset', `${offset}`],
    ]);
    return { status: 204, text: '', header: (name) => headers.get(name) ?? null };
  });
  await sendByTus({ ...ticket, url: 'https://storage.example/1', chunk: anySize }, job, clock, BaseUpload);
  expect(sizes).toEqual([16, 256, ...Array(24).fill(16)]);
});

test('a storage whose offset does not grow fails after thirteen tries', async () => {
  const file = new File([new Uint8Array(100)], 'film.mp4');
  let patches = 0;
  const job = sendJob(file, async ({ method }) => {
    if (method === 'PATCH') patches += 1;
    const answered = new Map([
      ['Upload-Length', '100'],
      ['Upload-Offset', '0'],
    ]);
    return { status: 204, text: '', header: (name) => answered.get(name) ?? null };
  });
  const sending = sendByTus({ ...ticket, url: 'https://storage.example/1', chunk: stream }, job, clock, BaseUpload);
  await expect(sending).rejects.toMatchObject({ code: 'BACKEND_BAD_RESPONSE' });
  expect(patches).toBe(13);
});

test('an upload whose length at the storage differs from the file is refused before a byte is sent', async () => {
  let patches = 0;
  const job = sendJob(new File(['12345678'], 'film.mp4'), async ({ method }) => {
    if (method === 'PATCH') patches += 1;
    return { status: 200, text: '', header: (name) => ({ 'Upload-Length': '9', 'Upload-Offset': '0' })[name] ?? null };
  });
  const sending = sendByTus({ ...ticket, url: 'https://storage.example/1', chunk: stream }, job, clock, BaseUpload);
  await expect(sending).rejects.toMatchObject({ code: 'BACKEND_REFUSED' });
  expect(patches).toBe(0);
});
