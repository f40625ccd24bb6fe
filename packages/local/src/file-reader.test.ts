import { appendFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { failingFiles, fileError } from '../test-support/failing-files.ts';
import { temporaryFolder } from '../test-support/running-storage.ts';
import { nodeFileFunctions } from './file-functions.ts';
import { FileReader } from './file-reader.ts';

const bytes = Uint8Array.from({ length: 100 }, (_, index) => index);
const { signal } = new AbortController();
let folder: string;
let path: string;
beforeEach(() => {
  folder = temporaryFolder();
  path = join(folder, 'source');
  writeFileSync(path, bytes);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A disk that returns at most so many bytes per read; none when it is 0. */
function withShortReads(mostBytes: number, onRead = () => {}) {
  const reads: unknown[] = [];
  const files = failingFiles((name, [buffer, offset, length, position]) => {
    if (name !== 'handle.read' || !(buffer instanceof Uint8Array)) return undefined;
    reads.push([offset, length, position]);
    onRead();
    const some = bytes.subarray(Number(position), Number(position) + Math.min(Number(length), mostBytes));
    buffer.set(some, Number(offset));
    return Promise.resolve({ bytesRead: some.length });
  });
  return { files, reads };
}

test('a range is read, by as many reads as the disk needs', async () => {
  const { files, reads } = withShortReads(7);
  expect(await new FileReader(files, [path], 100).read(10, 30, signal)).toEqual(bytes.slice(10, 30));
  expect(reads).toEqual([
    [0, 20, 10],
    [7, 13, 17],
    [14, 6, 24],
  ]);
});

test('a range beyond 4 GiB is read from its position', async () => {
  // The file is sparse: its first 5 GiB use no space on the disk.
  const beginBytes = 5 * 2 ** 30;
  truncateSync(path, beginBytes);
  appendFileSync(path, bytes);
  expect(statSync(path).blocks * 512).toBeLessThan(2 ** 20);
  const reader = new FileReader(nodeFileFunctions, [path], beginBytes + bytes.length);
  expect(await reader.read(beginBytes + 10, beginBytes + 30, signal)).toEqual(bytes.slice(10, 30));
  // A range across the end of the empty part, and the ranges that a 32-bit position would confuse.
  expect(await reader.read(beginBytes - 3, beginBytes + 3, signal)).toEqual(Uint8Array.of(0, 0, 0, 0, 1, 2));
  expect(await reader.read(0, 3, signal)).toEqual(bytes.slice(0, 3));
  expect(await reader.read(2 ** 32, 2 ** 32 + 3, signal)).toEqual(new Uint8Array(3));
});

test('a file that has become shorter is an unreadable answer', async () => {
  const { files, reads } = withShortReads(0);
  await expect(new FileReader(files, [path], 100).read(0, 10, signal)).rejects.toMatchObject({
    ...{ code: 'BACKEND_BAD_RESPONSE', message: 'The file has become shorter.' },
  });
  expect(reads).toHaveLength(1);
});

test('an abort ends it before the file is opened, and between two reads', async () => {
  const open = vi.fn(nodeFileFunctions.open);
  const reader = new FileReader({ ...nodeFileFunctions, open }, [path], 100);
  await expect(reader.read(0, 10, AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough');
  expect(open).not.toHaveBeenCalled();
  const aborter = new AbortController();
  const { files, reads } = withShortReads(5, () => aborter.abort(new Error('enough')));
  await expect(new FileReader(files, [path], 100).read(0, 10, aborter.signal)).rejects.toThrow('enough');
  expect(reads).toHaveLength(1);
});

test('a source that was placed meanwhile is read at its final place', async () => {
  const reader = new FileReader(nodeFileFunctions, [join(folder, 'gone'), path], 100);
  expect(await reader.read(1, 3, signal)).toEqual(bytes.slice(1, 3));
});

test('without a second place, or when the file is not absent but cannot be read, the failure is reported', async () => {
  const gone = new FileReader(nodeFileFunctions, [join(folder, 'gone')], 100);
  await expect(gone.read(1, 3, signal)).rejects.toMatchObject({ code: 'BACKEND_UNAVAILABLE' });
  const opened: unknown[] = [];
  const failing = failingFiles((name, [file]) => {
    if (name === 'open') opened.push(file);
    return name === 'open' ? Promise.reject(fileError('EIO', 'open')) : undefined;
  });
  const other = join(folder, 'other');
  await expect(new FileReader(failing, [other, path], 100).read(1, 3, signal)).rejects.toMatchObject({
    code: 'BACKEND_UNAVAILABLE',
  });
  expect(opened).toEqual([other]);
});
