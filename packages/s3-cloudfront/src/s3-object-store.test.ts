import { describeObjectStore } from '@videostorage/object-storage/testing';
import { afterEach, describe, expect, test } from 'vitest';
import { createStoreSubject } from '../test-support/store-subject.ts';

// A form, and an upload of one part, which a store without POST policies gets. `s3-object-store.full.test.ts` has two parts.
const multipartThresholdBytes = 100;
const sizes = [20, 100];

describeObjectStore({
  name: 'S3ObjectStore over the emulator',
  sizes,
  runner: { describe, test },
  create: () => createStoreSubject({ multipartThresholdBytes }),
});

describeObjectStore({
  name: 'S3ObjectStore over a bucket that keeps versions, below a prefix',
  sizes,
  runner: { describe, test },
  create: () => createStoreSubject({ versioned: true, keyPrefix: 'school/a/', multipartThresholdBytes }),
});

describe('an upload', () => {
  const { signal } = new AbortController();
  const uploadId = '0123456789abcdef0123456789abcdef';
  const upload = { uploadId, videoId: `${uploadId}-mp4`, sizeBytes: 100, mimeType: 'video/mp4' };
  const asNew = { ...upload, userId: 'student-1', fileName: 'f.mp4', expiresAtMs: () => Date.now() + 3_600_000 };
  let subject: Awaited<ReturnType<typeof createStoreSubject>>;

  afterEach(() => subject.dispose());

  test('whose state is no longer known has no source', async () => {
    subject = await createStoreSubject();
    expect(await subject.store.takeSource(upload, 'a'.repeat(32), signal)).toBeUndefined();
  });

  test('without parts is not placed', async () => {
    subject = await createStoreSubject({ multipartThresholdBytes });
    const { state } = await subject.store.createUpload(asNew, signal);
    const { s3UploadId } = JSON.parse(state ?? '');
    expect(await subject.store.placeSource(upload, { kind: 'parts', id: s3UploadId }, signal)).toBe(false);
  });

  test('larger than any object can be is refused with a message', async () => {
    subject = await createStoreSubject();
    const create = subject.store.createUpload({ ...asNew, sizeBytes: 2 ** 46 }, signal);
    const message = 'The file is larger than the 48.8 TiB that the storage can hold.';
    const problem = { path: 'sizeBytes', code: 'FILE_TOO_LARGE', message };
    await expect(create).rejects.toMatchObject({ problems: [problem] });
    expect(subject.s3.requests).toEqual([]);
  });
});
