import { RetryHandler, StorageCall } from '@videostorage/core';
import { expect, test } from 'vitest';
import type { KeyPage, KeyPageRequest } from './object-store.ts';
import { findVideoKeys, freeAllVersions } from './remove-video.ts';
import { StoreSteps } from './store-steps.ts';
import { MemoryBucket } from './testing/memory-bucket.ts';
import { MemoryObjectStore } from './testing/memory-object-store.ts';

const videoId = '0123456789abcdef0123456789abcdef-mp4';
/** The limit of pages of one loop. */
const MAX_PAGES = 1000;

/** A store whose pages a test writes; it counts the requests for pages. */
class Paged extends MemoryObjectStore {
  readonly asked: KeyPageRequest[] = [];
  freed = 0;
  page: (index: number) => KeyPage = () => ({ keys: [], more: false });
  versions: (index: number) => { more: boolean; retained: boolean } = () => ({ more: false, retained: false });

  override async listVideoKeys(_videoId: string, request: KeyPageRequest): Promise<KeyPage> {
    this.asked.push(request);
    return this.page(this.asked.length - 1);
  }

  override async freeVersions(): Promise<{ readonly more: boolean; readonly retained: boolean }> {
    this.freed += 1;
    return this.versions(this.freed - 1);
  }
}

function paged() {
  const store = new Paged(new MemoryBucket());
  const call = new StorageCall('test', { timeoutMs: 60_000 }, new RetryHandler({ maxAttempts: 1 }), () => {});
  return { store, steps: new StoreSteps(store, call), release: () => call.release() };
}
const keyAt = (index: number) => ({ key: `videos/${String(index).padStart(5, '0')}`, modifiedAtMs: 0 });

test('the keys of a video are requested a thousand at a time, each page after the last key of the one before', async () => {
  const { store, steps, release } = paged();
  store.page = (index) => ({ keys: [keyAt(2 * index), keyAt(2 * index + 1)], more: index < 2 });
  expect(await findVideoKeys(steps, videoId)).toEqual(Array.from({ length: 6 }, (_, index) => keyAt(index).key));
  expect(store.asked).toEqual([
    { after: undefined, limit: 1000 },
    { after: keyAt(1).key, limit: 1000 },
    { after: keyAt(3).key, limit: 1000 },
  ]);
  release();
});

test('a page without keys is the last one, whatever its `more` is', async () => {
  const { store, steps, release } = paged();
  store.page = () => ({ keys: [], more: true });
  expect(await findVideoKeys(steps, videoId)).toEqual([]);
  expect(store.asked).toHaveLength(1);
  release();
});

test('a listing of a thousand pages is complete; one that does not end then is an error that names the video', async () => {
  const { store, steps, release } = paged();
  store.page = (index) => ({ keys: [keyAt(index)], more: index < MAX_PAGES - 1 });
  expect(await findVideoKeys(steps, videoId)).toHaveLength(MAX_PAGES);
  store.asked.length = 0;
  store.page = (index) => ({ keys: [keyAt(index)], more: true });
  await expect(findVideoKeys(steps, videoId)).rejects.toMatchObject({
    code: 'BACKEND_BAD_RESPONSE',
    message: expect.stringContaining(videoId),
  });
  expect(store.asked).toHaveLength(MAX_PAGES);
  release();
});

test('versions are freed until no more are left; the last answer says whether some are retained', async () => {
  const { store, steps, release } = paged();
  store.versions = (index) => ({ more: index < 2, retained: index === 2 });
  expect(await freeAllVersions(steps, videoId)).toBe(true);
  expect(store.freed).toBe(3);
  release();
});

test('versions that never end are an error after a thousand pages, and not before', async () => {
  const { store, steps, release } = paged();
  store.versions = (index) => ({ more: index < MAX_PAGES - 1, retained: false });
  expect(await freeAllVersions(steps, videoId)).toBe(false);
  store.freed = 0;
  store.versions = () => ({ more: true, retained: false });
  await expect(freeAllVersions(steps, videoId)).rejects.toMatchObject({ code: 'BACKEND_BAD_RESPONSE' });
  expect(store.freed).toBe(MAX_PAGES);
  release();
});
