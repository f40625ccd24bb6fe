import { rmSync, writeFileSync } from 'node:fs';
import { ManualClock } from '@videostorage/testing';
import { beforeEach, expect, test } from 'vitest';
import { fileError } from '../test-support/failing-files.ts';
import { preparedFolders } from '../test-support/prepared-folders.ts';
import { Disk } from './disk.ts';
import { DocumentFiles } from './document-files.ts';
import { type FileFunctions, nodeFileFunctions } from './file-functions.ts';
import { PublishedVideos } from './published-videos.ts';
import type { StoreFolders } from './store-folders.ts';

const time = '2026-11-24T00:00:00.000Z';
const idOf = (number: number) => number.toString(16).padStart(32, '0');
const keyOf = (uploadId: string) => `records/${uploadId}.json`;
const ONE = idOf(1);

/** The text of a record: of a video that is ready, or of a cancelled upload. */
function recordOf(uploadId: string, state: 'ready' | 'aborted', sizeBytes = 1): string {
  const facts = { revision: idOf(9), userId: 'anna', fileName: 'a.mp4', createdAt: time, mimeType: 'video/mp4' };
  const rest = state === 'ready' ? { ...facts, sizeBytes } : { purgeId: idOf(9) };
  return JSON.stringify({ version: 1, videoId: `${uploadId}-mp4`, decidedAt: time, state, ...rest });
}

let folders: StoreFolders;
let reads: number;
let documents: DocumentFiles;
beforeEach(() => {
  folders = preparedFolders();
  reads = 0;
});

/** Counts what is read, over a disk that may have no hard links: there a record is a folder. */
function videosOver(over: Partial<FileFunctions> = {}): PublishedVideos {
  const readFile = (path: string, options: object) => {
    reads += 1;
    return nodeFileFunctions.readFile(path, options);
  };
  const files = { ...nodeFileFunctions, readFile: Object.assign(readFile), ...over };
  documents = new DocumentFiles(files, new Disk(files, new ManualClock()), folders);
  return new PublishedVideos(files, folders, documents);
}

test('a record is read once while it is unchanged, and again when another has replaced it', async () => {
  const videos = videosOver();
  await documents.create(keyOf(ONE), recordOf(ONE, 'ready'));
  expect(await videos.find(ONE)).toMatchObject({ videoId: `${ONE}-mp4`, sizeBytes: 1 });
  expect(await videos.find(ONE)).toMatchObject({ sizeBytes: 1 });
  expect(reads).toBe(1);
  await documents.write(keyOf(ONE), recordOf(ONE, 'ready', 2));
  expect(await videos.find(ONE)).toMatchObject({ sizeBytes: 2 });
  await documents.write(keyOf(ONE), recordOf(ONE, 'aborted'));
  expect([await videos.find(ONE), await videos.find(ONE)]).toEqual([undefined, undefined]);
  expect(reads).toBe(3);
});

test('a record of the same size in the same place on the disk as an earlier one is read again', async () => {
  let ctimeMs = 1;
  const lstat = async (path: string) => Object.assign(await nodeFileFunctions.lstat(path), { ino: 7, ctimeMs });
  const videos = videosOver({ lstat: Object.assign(lstat) });
  await documents.create(keyOf(ONE), recordOf(ONE, 'ready'));
  expect(await videos.find(ONE)).toMatchObject({ sizeBytes: 1 });
  await documents.write(keyOf(ONE), recordOf(ONE, 'ready', 2));
  ctimeMs += 1;
  expect(await videos.find(ONE)).toMatchObject({ sizeBytes: 2 });
});

test('without hard links, where a record is replaced inside a folder, it is read each time', async () => {
  const refused = fileError('EPERM', 'link');
  const videos = videosOver({ link: () => Promise.reject(refused) });
  await documents.create(keyOf(ONE), recordOf(ONE, 'ready'));
  expect(await videos.find(ONE)).toMatchObject({ sizeBytes: 1 });
  await documents.write(keyOf(ONE), recordOf(ONE, 'ready', 2));
  expect(await videos.find(ONE)).toMatchObject({ sizeBytes: 2 });
});

test('a thousand are remembered, those that were read last', async () => {
  const videos = videosOver();
  const ids = Array.from({ length: 1001 }, (_, index) => idOf(index + 1));
  for (const uploadId of ids) writeFileSync(folders.path(keyOf(uploadId)), recordOf(uploadId, 'ready'));
  for (const uploadId of ids) await videos.find(uploadId);
  expect(reads).toBe(1001);
  for (const uploadId of ids.slice(1)) await videos.find(uploadId);
  expect(reads).toBe(1001);
  await videos.find(ONE);
  expect(reads).toBe(1002);
});

test('without a record there is no video; but a missing folder or a failing disk is an error', async () => {
  const videos = videosOver();
  expect(await videos.find(ONE)).toBeUndefined();
  expect(reads).toBe(0);
  const failed = fileError('EIO', 'lstat');
  const fails = () => Promise.reject(failed);
  await expect(videosOver({ lstat: fails }).find(ONE)).rejects.toBe(failed);
  rmSync(folders.records, { recursive: true });
  await expect(videos.find(ONE)).rejects.toMatchObject({ code: 'BACKEND_UNAVAILABLE' });
});
