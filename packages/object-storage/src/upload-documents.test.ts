import { RetryHandler, StorageCall } from '@videostorage/core';
import { expect, test } from 'vitest';
import type { Source } from './object-store.ts';
import { claimKey, deletionKey, recordKey } from './store-keys.ts';
import { StoreSteps } from './store-steps.ts';
import { MemoryBucket } from './testing/memory-bucket.ts';
import { MemoryObjectStore } from './testing/memory-object-store.ts';
import type { UploadClaim } from './upload-claim.ts';
import { UploadDocuments } from './upload-documents.ts';
import type { VideoRecord } from './video-record.ts';

const uploadId = '0123456789abcdef0123456789abcdef';
const hex = 'f'.repeat(32);
const videoId = `${uploadId}-mp4`;
const at = '2026-11-24T12:00:00.000Z';
const base = { version: 1, videoId, decidedAt: at } as const;

function documents(store = new MemoryObjectStore(new MemoryBucket())) {
  const call = new StorageCall('test', {}, new RetryHandler({ maxAttempts: 1 }), () => {});
  return { store, documents: new UploadDocuments(new StoreSteps(store, call)), release: () => call.release() };
}

function claimOf(source: Source, declared: Partial<UploadClaim['declared']> = {}): UploadClaim {
  const required = {
    backendName: 'memory',
    uploadId,
    videoId,
    userId: 'student-1',
    sizeBytes: 10,
    mimeType: 'video/mp4',
  };
  return { version: 1, attempt: hex, source, declared: { ...required, validUntil: at, ...declared }, claimedAt: at };
}

const records: readonly VideoRecord[] = [
  { ...base, state: 'aborted', purgeId: hex },
  { ...base, state: 'deleted', purgeId: hex },
  { ...base, state: 'rejected', purgeId: hex, userId: 'student-1', failure: { code: 'NOT_A_VIDEO', message: 'No.' } },
  {
    ...base,
    state: 'ready',
    revision: hex,
    userId: 'ä'.repeat(64),
    fileName: 'film.mp4',
    createdAt: at,
    sizeBytes: 10,
    mimeType: 'video/mp4',
  },
  {
    ...{
      ...base,
      state: 'ready',
      revision: hex,
      userId: 'u',
      fileName: 'f',
      createdAt: at,
      sizeBytes: 1,
      mimeType: 'video/webm',
    },
    ...{
      contextId: 'c',
      custom: { week: '3' },
      durationSeconds: 1.5,
      widthPixels: 1,
      heightPixels: 2,
      codec: 'vp09.00',
    },
  },
];

test.each(records)('a record is read as it was written: %o', async (record) => {
  const { documents: own, release } = documents();
  expect(await own.decide(uploadId, record)).toEqual(record);
  expect(await own.readRecord(uploadId)).toEqual(record);
  release();
});

test.each([
  claimOf({ kind: 'copy', id: hex }),
  claimOf({ kind: 'parts', id: 'x'.repeat(1024) }, { contextId: 'c', maxDurationSeconds: 1.5, state: '{}' }),
])('a claim is read as it was written: %o', async (claim) => {
  const { documents: own, release } = documents();
  expect(await own.electClaim(claim)).toEqual(claim);
  expect(await own.readClaim(uploadId)).toEqual(claim);
  release();
});

test('a second writer gets the existing claim or record', async () => {
  const { documents: own, release } = documents();
  const [first, second] = [claimOf({ kind: 'copy', id: 'one' }), claimOf({ kind: 'copy', id: 'two' })];
  await own.electClaim(first);
  expect(await own.electClaim(second)).toEqual(first);
  const [aborted, deleted] = records;
  if (aborted === undefined || deleted?.state !== 'deleted') throw new Error('There are no such records.');
  await own.decide(uploadId, aborted);
  expect(await own.decide(uploadId, deleted)).toEqual(aborted);
  await own.overwrite(uploadId, deleted);
  expect(await own.readRecord(uploadId)).toEqual(deleted);
  release();
});

test('a completed deletion belongs to one purge id only', async () => {
  const { documents: own, release } = documents();
  await own.completeDeletion(uploadId, hex, { version: 1, retained: true });
  expect(await own.readDeletion(uploadId, hex)).toEqual({ version: 1, retained: true });
  expect(await own.readDeletion(uploadId, uploadId)).toBeUndefined();
  await own.removeDeletion(uploadId, hex);
  expect(await own.readDeletion(uploadId, hex)).toBeUndefined();
  release();
});

test.each([
  { ...records[0], version: 2 },
  { ...records[0], purgeId: 'x' },
  { ...records[0], state: 'other' },
  { ...records[1], userId: 'student-1' },
  { ...records[1], decidedAt: 'yesterday' },
  { ...records[2], failure: { code: 'OTHER', message: '' } },
  { ...records[2], userId: '' },
  { ...records[3], sizeBytes: -1 },
  { ...records[3], sizeBytes: 1.5 },
  { ...records[3], durationSeconds: null },
  { ...records[3], userId: undefined },
  { ...records[3], custom: { week: 3 } },
])('a record that this version would not write is an error: %o', async (record) => {
  const { store, documents: own, release } = documents();
  await store.writeDocument(recordKey(uploadId), JSON.stringify(record), new AbortController().signal);
  await expect(own.readRecord(uploadId)).rejects.toMatchObject({
    code: 'BACKEND_BAD_RESPONSE',
    message: `The document records/${uploadId}.json is not readable by this version.`,
  });
  release();
});

test('unreadable claims and deletions are errors too', async () => {
  const { store, documents: own, release } = documents();
  const { signal } = new AbortController();
  await store.writeDocument(claimKey(uploadId), '{"version":1}', signal);
  await store.writeDocument(deletionKey(uploadId, hex), '{"version":1}', signal);
  const unreadable = (key: string) => ({
    code: 'BACKEND_BAD_RESPONSE',
    message: `The document ${key} is not readable by this version.`,
  });
  await expect(own.readClaim(uploadId)).rejects.toMatchObject(unreadable(claimKey(uploadId)));
  await expect(own.readDeletion(uploadId, hex)).rejects.toMatchObject(unreadable(deletionKey(uploadId, hex)));
  release();
});

test('a document that exists and then does not is a retryable outage', async () => {
  class Vanishing extends MemoryObjectStore {
    override createDocument(): Promise<boolean> {
      return Promise.resolve(false);
    }
  }
  const { documents: own, release } = documents(new Vanishing(new MemoryBucket()));
  const vanished = (key: string) => ({
    ...{ code: 'BACKEND_UNAVAILABLE', retryable: true },
    message: `The document ${key} changed while it was read; please try again.`,
  });
  const electing = own.electClaim(claimOf({ kind: 'copy', id: 'x' }));
  await expect(electing).rejects.toMatchObject(vanished(claimKey(uploadId)));
  const aborted = { ...base, state: 'aborted', purgeId: hex } as const;
  await expect(own.decide(uploadId, aborted)).rejects.toMatchObject(vanished(recordKey(uploadId)));
  release();
});
