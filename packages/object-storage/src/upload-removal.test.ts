import { RetryHandler, StorageCall } from '@videostorage/core';
import { expect, test } from 'vitest';
import type { EdgePurge } from './object-store.ts';
import { claimKey, videoKey } from './store-keys.ts';
import { StoreSteps } from './store-steps.ts';
import { MemoryBucket } from './testing/memory-bucket.ts';
import { MemoryObjectStore } from './testing/memory-object-store.ts';
import type { UploadClaim } from './upload-claim.ts';
import { handleOfClaim, removeUpload } from './upload-removal.ts';
import { stringifyUploadState } from './upload-state.ts';

const uploadId = '0123456789abcdef0123456789abcdef';
const videoId = `${uploadId}-mp4`;
const at = '2026-11-24T12:00:00.000Z';
const purgeId = 'f'.repeat(32);
const record = { version: 1, state: 'aborted', videoId, decidedAt: at, purgeId } as const;

function claimWith(state: string | undefined): UploadClaim {
  const fileName = 'film.mp4';
  const signed = stringifyUploadState({ createdAt: at, fileName, ...(state !== undefined && { state }) });
  const file = { sizeBytes: 10, mimeType: 'video/mp4', validUntil: at };
  const declared = { backendName: 'memory', uploadId, videoId, userId: 'student-1', ...file, state: signed };
  return { version: 1, attempt: 'a'.repeat(32), source: { kind: 'copy', id: 'a'.repeat(32) }, declared, claimedAt: at };
}

/** Removes an upload that may have a claim, or bytes at the final key. */
async function removal({ isClaimed = false, isPlaced = false, isLast = false }) {
  const purges: EdgePurge[] = [];
  let freed = 0;
  class Freeing extends MemoryObjectStore {
    override freeVersions(...args: Parameters<MemoryObjectStore['freeVersions']>) {
      freed += 1;
      return super.freeVersions(...args);
    }
  }
  const edge = {
    maxVideos: 15,
    purge: async (videos: readonly EdgePurge[]) => {
      purges.push(...videos);
      return true;
    },
  };
  const bucket = new MemoryBucket();
  if (isClaimed) bucket.put(claimKey(uploadId), new TextEncoder().encode(JSON.stringify(claimWith(undefined))));
  if (isPlaced) bucket.put(videoKey(videoId), new Uint8Array(10));
  const call = new StorageCall('test', {}, new RetryHandler({ maxAttempts: 1 }), () => {});
  const steps = new StoreSteps(new Freeing(bucket, { edge }), call);
  const stood = await removeUpload(steps, record, { uploadId, videoId }, isLast);
  call.release();
  return { stood, purges, freed, left: [...bucket.objects.keys()].filter((key) => key.startsWith('videos/')) };
}

test('an upload that was neither elected nor placed was never played: nothing is purged, no version freed', async () => {
  expect(await removal({})).toEqual({ stood: false, purges: [], freed: 0, left: [] });
});

test('an elected upload may have been placed and hidden before: the purge of the record drops it', async () => {
  const { stood, purges, freed } = await removal({ isClaimed: true });
  expect([stood, freed, purges]).toEqual([false, 1, [{ videoId, purgeId }]]);
});

test.each([false, true])('bytes at the final key get a new purge (claim: %s)', async (isClaimed) => {
  const { stood, purges, freed, left } = await removal({ isClaimed, isPlaced: true });
  expect([stood, freed, left]).toEqual([true, 1, []]);
  expect(purges).toEqual([{ videoId, purgeId: expect.stringMatching(/^[0-9a-f]{32}$/) }]);
  expect(purges[0]?.purgeId).not.toBe(purgeId);
});

test('when no confirm can be running any more, a new purge covers everything that was played', async () => {
  const { purges } = await removal({ isClaimed: true, isLast: true });
  expect(purges).toHaveLength(1);
  expect(purges[0]?.purgeId).not.toBe(purgeId);
});

test('a handle has the state of the dialect when the claim has one, and no such member otherwise', () => {
  expect(handleOfClaim(claimWith('parts-1'))).toStrictEqual({ uploadId, videoId, state: 'parts-1' });
  expect(handleOfClaim(claimWith(undefined))).toStrictEqual({ uploadId, videoId });
});
