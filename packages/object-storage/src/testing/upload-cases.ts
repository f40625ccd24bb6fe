import { deepEqual, equal, notEqual, ok } from 'node:assert/strict';
import type { KeyPageRequest } from '../object-store.ts';
import { videoKey } from '../store-keys.ts';
import { arrive, begin, contentOf } from './arrived-upload.ts';
import type { ObjectStoreCase } from './object-store-subject.ts';
import { bytesOf, idOf } from './sample-values.ts';
import { allKeys, allLeftovers, MAX_PAGES } from './whole-listing.ts';

const { signal } = new AbortController();

/** What holds of bytes on their way from a browser to the final key, and of hiding and freeing them. */
export const UPLOAD_CASES: Readonly<Record<string, ObjectStoreCase>> = {
  'before anything has arrived there is no source, no video, nothing to list': async (subject, sizeBytes) => {
    const { store } = subject;
    const { upload, declared } = await begin(subject, sizeBytes);
    equal(await store.takeSource(declared, idOf(21), signal), undefined);
    equal(await store.openVideo(upload.videoId, signal), undefined);
    deepEqual(await store.listVideoKeys(upload.videoId, { limit: 10 }, signal), { keys: [], more: false });
    await store.hideKeys([videoKey(upload.videoId)], signal);
    deepEqual(await store.freeVersions(upload.videoId, signal), { more: false, retained: false });
    await store.discardUpload(declared, signal);
    await store.discardUpload(declared, signal);
  },
  'an upload becomes a source, and the source the video; each step may be repeated': async (subject, sizeBytes) => {
    const { store, other = store } = subject;
    const { upload, declared, bytes, source } = await arrive(subject, sizeBytes);
    if (source.kind === 'copy') deepEqual(await contentOf(await other.openSource(declared, source, signal)), bytes);
    equal(await other.placeSource(declared, source, signal), true);
    equal(await store.placeSource(declared, source, signal), true);
    deepEqual(await contentOf(await other.openVideo(upload.videoId, signal)), bytes);
    await store.discardSource(declared, source, signal);
    await store.discardSource(declared, source, signal);
    await store.discardUpload(declared, signal);
    equal(await other.placeSource(declared, source, signal), true);
    deepEqual(await contentOf(await store.openVideo(upload.videoId, signal)), bytes);
  },
  'what is sent after the source was taken changes neither source nor video': async (subject, sizeBytes) => {
    const { store } = subject;
    const { upload, declared, created, bytes, source } = await arrive(subject, sizeBytes);
    // A dialect may refuse it, or take it and keep it apart.
    const replay = async () => subject.send(upload, created, bytesOf(sizeBytes, 9)).catch(() => {});
    if (source.kind === 'copy') {
      await replay();
      deepEqual(await contentOf(await store.openSource(declared, source, signal)), bytes);
    }
    equal(await store.placeSource(declared, source, signal), true);
    await replay();
    equal(await store.placeSource(declared, source, signal), true);
    deepEqual(await contentOf(await store.openVideo(upload.videoId, signal)), bytes);
  },
  'two attempts have two sources, and the upload stays for the next one': async (subject, sizeBytes) => {
    const { store } = subject;
    const { declared, bytes, source } = await arrive(subject, sizeBytes);
    const second = await store.takeSource(declared, idOf(22), signal);
    ok(second !== undefined);
    if (source.kind === 'parts') return;
    notEqual(second.id, source.id);
    await store.discardSource(declared, source, signal);
    equal(await store.openSource(declared, source, signal), undefined);
    deepEqual(await contentOf(await store.openSource(declared, second, signal)), bytes);
  },
  'a source that is gone is not placed, and the final key stays empty': async (subject, sizeBytes) => {
    const { store } = subject;
    const { upload, declared, source } = await arrive(subject, sizeBytes);
    await store.discardSource(declared, source, signal);
    equal(await store.placeSource(declared, source, signal), false);
    equal(await store.openVideo(upload.videoId, signal), undefined);
    if (source.kind === 'copy') equal(await store.openSource(declared, source, signal), undefined);
  },
  'what was discarded before it was taken is not a source': async (subject, sizeBytes) => {
    const { store } = subject;
    const { upload, created, declared } = await begin(subject, sizeBytes);
    await subject.send(upload, created, bytesOf(sizeBytes, 1));
    await store.discardUpload(declared, signal);
    equal(await store.takeSource(declared, idOf(21), signal), undefined);
  },
  'a hidden video is listed and opened no more; another one is not touched': async (subject, sizeBytes) => {
    const { store, other = store } = subject;
    const first = await arrive(subject, sizeBytes, 1);
    const second = await arrive(subject, sizeBytes, 2);
    for (const { declared, source } of [first, second]) await store.placeSource(declared, source, signal);
    const { videoId } = first.upload;
    const list = (page: KeyPageRequest) => other.listVideoKeys(videoId, page, signal);
    const keys = (await allKeys(1, list)).map(({ key }) => key);
    deepEqual(keys, [videoKey(videoId)]);
    await store.hideKeys(keys, signal);
    await store.hideKeys(keys, signal);
    equal(await other.openVideo(videoId, signal), undefined);
    deepEqual(await list({ limit: 10 }), { keys: [], more: false });
    for (let page = 0; (await store.freeVersions(videoId, signal)).more; page++) ok(page < MAX_PAGES);
    deepEqual(await contentOf(await other.openVideo(second.upload.videoId, signal)), second.bytes);
  },
  'what was sent and taken is left over until it is removed': async (subject, sizeBytes) => {
    const { store, other = store } = subject;
    const { upload, declared } = await arrive(subject, sizeBytes);
    const found = await allLeftovers(other);
    ok(found.length > 0);
    deepEqual([...new Set(found.map(({ uploadId }) => uploadId))], [upload.uploadId]);
    ok(found.every(({ modifiedAtMs }) => Number.isFinite(modifiedAtMs) && modifiedAtMs > 0));
    equal(new Set(found.map(({ id }) => id)).size, found.length);
    for (const leftover of found) {
      await store.removeLeftover(leftover, signal);
      await store.removeLeftover(leftover, signal);
    }
    deepEqual(await allLeftovers(other), []);
    equal(await store.takeSource(declared, idOf(22), signal), undefined);
  },
};
