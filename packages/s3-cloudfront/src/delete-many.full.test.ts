import { afterEach, expect, test } from 'vitest';
import { fillBucket } from '../test-support/fill-bucket.ts';
import { createEmulatedSubject, type EmulatedSubject } from '../test-support/subject.ts';

/** So many single paths the edges take at a time. */
const BATCH = 15;
const COUNT = BATCH + 2;
/** By tags one batch takes all. */
const COUNT_BY_TAG = 4;
let subject: EmulatedSubject;

afterEach(() => subject.dispose());

async function requestsOf(work: () => Promise<unknown>): Promise<number> {
  const before = subject.s3.requests.length;
  await work();
  return subject.s3.requests.length - before;
}

test.each([
  ['path', COUNT],
  ['cache-tag', COUNT_BY_TAG],
] as const)(
  'many deletes, by %s: three requests a video at first, then only what is pending',
  async (invalidateBy, count) => {
    subject = await createEmulatedSubject({}, {}, { invalidateBy });
    const videoIds = await fillBucket(subject, count);
    const first = await requestsOf(async () => {
      expect(await subject.storage.deleteVideos(videoIds)).toEqual({ purged: false });
    });
    // For each: read the record, write it, list the keys. One DeleteObjects hides them all.
    expect(first).toBe(3 * count + 1);
    expect(subject.cloudFront.requests.filter((request) => request.startsWith('POST'))).toHaveLength(1);
    subject.clock.advance(600_000);
    const second = await requestsOf(() => subject.storage.deleteVideos(videoIds));
    // Videos whose purge may begin are checked once more; videos that the edges have purged are finished, and no others.
    expect(second).toBeLessThanOrEqual(8 * count);
    for (let call = 0; call < count / BATCH + 2; call++) {
      subject.clock.advance(600_000);
      await subject.storage.deleteVideos(videoIds);
    }
    expect(await requestsOf(() => subject.storage.deleteVideos(videoIds))).toBe(0);
    // Another process reads that the videos are deleted, and does not delete them again.
    const other = subject.storageWith({ invalidateBy });
    expect(await requestsOf(() => other.deleteVideos(videoIds))).toBe(2 * count);
  },
);
