import { getEventListeners } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { failingFiles } from '../test-support/failing-files.ts';
import { temporaryFolder } from '../test-support/running-storage.ts';
import { expectSegment, type FileSegment, readSegment, respondWithSegment, segmentOf } from './file-body.ts';
import { SharedFiles } from './shared-files.ts';

const bytes = Buffer.from('0123456789');
const onFailure = vi.fn();
const released = vi.fn();
let folder: string;
let reads: number;
/** What a read fails with, when set. */
let failure: Error | undefined;
let segment: FileSegment;
let aborter: AbortController;

beforeEach(() => {
  [aborter, reads, failure] = [new AbortController(), 0, undefined];
  folder = temporaryFolder();
  const path = join(folder, 'film');
  writeFileSync(path, bytes);
  const functions = failingFiles((name, [buffer, at, length, position]) => {
    if (name !== 'handle.read' || !(buffer instanceof Uint8Array)) return undefined;
    reads += 1;
    if (failure !== undefined) return Promise.reject(failure);
    // At most three bytes per read: a disk may return fewer bytes than it was asked for.
    const some = bytes.subarray(Number(position), Number(position) + Math.min(Number(length), 3));
    buffer.set(some, Number(at));
    return Promise.resolve({ bytesRead: some.length });
  });
  const files = new SharedFiles(functions);
  const read = files.read.bind(files);
  vi.spyOn(files, 'read').mockImplementation(async (file) => {
    const { handle, release } = await read(file);
    return { handle, release: () => release().finally(released) };
  });
  segment = { files, path, range: { start: 2, end: 9 }, onFailure };
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
  onFailure.mockReset();
  released.mockReset();
});

/** How often the file was read, released, and found to fail. */
const counts = () => [reads, released.mock.calls.length, onFailure.mock.calls.length];

async function textOf(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  let text = '';
  for await (const chunk of chunks) text += Buffer.from(chunk).toString();
  return text;
}

describe('a part that is read', () => {
  test('arrives in order, and its file is released once', async () => {
    expect(await textOf(readSegment(segment, aborter.signal))).toBe('2345678');
    expect(counts()).toEqual([3, 1, 0]);
  });

  test('fails when its file became shorter, which is reported', async () => {
    const chunks = readSegment({ ...segment, range: { start: 8, end: 12 } }, aborter.signal);
    await expect(textOf(chunks)).rejects.toThrow('The file became shorter while it was sent.');
    expect(onFailure).toHaveBeenCalledExactlyOnceWith(expect.any(RangeError));
    expect(counts()).toEqual([2, 1, 1]);
  });

  test('opens nothing after an abort, which is not reported as a failure', async () => {
    aborter.abort(new Error('enough'));
    await expect(textOf(readSegment(segment, aborter.signal))).rejects.toThrow('enough');
    expect(counts()).toEqual([0, 0, 0]);
  });

  test('ends between two reads when it is aborted, which is not reported as a failure', async () => {
    const chunks = readSegment(segment, aborter.signal);
    await chunks.next();
    aborter.abort(new Error('enough'));
    await expect(chunks.next()).rejects.toThrow('enough');
    expect(counts()).toEqual([1, 1, 0]);
  });
});

describe('an answer', () => {
  const answer = () => {
    const request = new Request('http://localhost/film', { signal: aborter.signal });
    return { request, response: respondWithSegment(request, { status: 206 }, segment) };
  };

  test('has the part as its body, which listens to no abort before it is read, and to none after its end', async () => {
    const { request, response } = answer();
    expect([response.status, getEventListeners(request.signal, 'abort').length, reads]).toEqual([206, 0, 0]);
    const reader = response.body?.getReader();
    await reader?.read();
    expect(getEventListeners(request.signal, 'abort')).toHaveLength(1);
    while (!(await reader?.read())?.done);
    expect([getEventListeners(request.signal, 'abort').length, released.mock.calls.length]).toEqual([0, 1]);
  });

  test('that is cancelled releases the file, and listens to no abort any more', async () => {
    const { request, response } = answer();
    const reader = response.body?.getReader();
    await reader?.read();
    await reader?.cancel();
    expect([getEventListeners(request.signal, 'abort').length, released.mock.calls.length]).toEqual([0, 1]);
  });

  test('that is aborted between two reads ends with the reason, and releases the file', async () => {
    const { response } = answer();
    const reader = response.body?.getReader();
    await reader?.read();
    aborter.abort(new Error('enough'));
    await expect(reader?.read()).rejects.toThrow('enough');
    await expect.poll(() => released.mock.calls.length).toBe(1);
    expect(onFailure).not.toHaveBeenCalled();
  });

  test('whose file fails listens to no abort any more', async () => {
    failure = new Error('broken');
    const { request, response } = answer();
    await expect(response.text()).rejects.toThrow('broken');
    expect(getEventListeners(request.signal, 'abort')).toHaveLength(0);
    expect(onFailure).toHaveBeenCalledTimes(1);
  });

  test('for a server that sends files itself has no body, and carries the part beside it', async () => {
    const request = new Request('http://localhost/film');
    expectSegment(request);
    const response = respondWithSegment(request, { status: 206 }, segment);
    expect([response.body, segmentOf(response)]).toEqual([null, segment]);
    expect(segmentOf(new Response())).toBeUndefined();
  });
});
