import { deepEqual, equal, notEqual, ok } from 'node:assert/strict';
import type { KeyPageRequest } from '../object-store.ts';
import { videoKey } from '../store-keys.ts';
import { arrive, begin, contentOf } from './arrived-upload.ts';
import type { ObjectStoreCase } from './object-store-subject.ts';
import { bytesOf, idOf, isTimeOfWriting } from './sample-values.ts';
import { allKeys, allLeftovers, MAX_PAGES } from './whole-listing.ts';

const { signal } = new AbortController();

/** Cases about bytes on their way from a browser to the final key, and about hiding and freeing them. */
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
  'a ticket ends at the requested time, does not name its user, and can be created again': async (
    subject,
    sizeBytes,
  ) => {
    const { store } = subject;
    const { upload, created } = await begin(subject, sizeBytes);
    const endsAfterMs = Date.parse(created.expiresAt) - upload.expiresAtMs(created.protocol);
    ok(Math.abs(endsAfterMs) < 1000, `the ticket ends ${endsAfterMs} ms after its end`);
    for (const spelling of ['utf8', 'base64url', 'hex'] as const) {
      // Without its first and last characters, which depend on the neighbouring bytes in base64.
      const name = Buffer.from(upload.userId).toString(spelling).slice(2, -2);
      equal(JSON.stringify(created).includes(name), false, 'the ticket names its user');
    }
    const again = await store.createUpload(upload, signal);
    equal(again.protocol, created.protocol);
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
  'bytes that are sent after the source was taken change neither source nor video': async (subject, sizeBytes) => {
    const { store } = subject;
    const { upload, declared, created, bytes, source } = await arrive(subject, sizeBytes);
    // A dialect may refuse the bytes, or accept them and store them separately.
    const replay = async () => subject.send(upload, created, bytesOf(sizeBytes, 9)).catch(() => {});
    if (source.kind === 'copy') {
      await replay();
      // Another attempt is another snapshot.
      await store.takeSource(declared, idOf(22), signal);
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
    deepEqual(await store.takeSource(declared, idOf(22), signal), second, 'one attempt has one source');
    if (source.kind === 'parts') return;
    notEqual(second.id, source.id);
    await store.discardSource(declared, source, signal);
    equal(await store.openSource(declared, source, signal), undefined);
    deepEqual(await contentOf(await store.openSource(declared, second, signal)), bytes);
    ok((await store.takeSource(declared, idOf(23), signal)) !== undefined, 'the upload must stay');
  },
  'discarding an upload leaves its copies, and they are listed as leftovers': async (subject, sizeBytes) => {
    const { store } = subject;
    const { declared, bytes, source } = await arrive(subject, sizeBytes);
    if (source.kind === 'parts') return;
    await store.discardUpload(declared, signal);
    deepEqual(await contentOf(await store.openSource(declared, source, signal)), bytes);
    ok((await allLeftovers(store)).length > 0, 'a copy must be a leftover');
  },
  'a file that is too short gives a snapshot of its size; an upload in pieces gives none until it is complete': async (
    subject,
    sizeBytes,
  ) => {
    const { store } = subject;
    const { upload, created, declared } = await begin(subject, sizeBytes);
    const short = bytesOf(sizeBytes, 1).subarray(0, Math.ceil(sizeBytes / 2));
    const isSent = await subject.send(upload, created, short).then(
      () => true,
      () => false,
    );
    const source = await store.takeSource(declared, idOf(21), signal);
    // A dialect may refuse the file, and one that receives a file in pieces waits for the rest.
    if (!isSent || created.protocol !== 'post') return equal(source, undefined);
    ok(source !== undefined, 'a file that has arrived must give a snapshot, whatever its size');
    if (source.kind === 'copy') deepEqual(await contentOf(await store.openSource(declared, source, signal)), short);
  },
  'a source that is gone is not placed, and the final key stays empty': async (subject, sizeBytes) => {
    const { store } = subject;
    const { upload, declared, source } = await arrive(subject, sizeBytes);
    await store.discardSource(declared, source, signal);
    equal(await store.placeSource(declared, source, signal), false);
    equal(await store.openVideo(upload.videoId, signal), undefined);
    if (source.kind === 'copy') equal(await store.openSource(declared, source, signal), undefined);
  },
  'an upload that was discarded before its source was taken has no source': async (subject, sizeBytes) => {
    const { store } = subject;
    const { upload, created, declared } = await begin(subject, sizeBytes);
    await subject.send(upload, created, bytesOf(sizeBytes, 1));
    await store.discardUpload(declared, signal);
    equal(await store.takeSource(declared, idOf(21), signal), undefined);
  },
  'a hidden video is no longer listed or opened; another one is not affected': async (subject, sizeBytes) => {
    const { store, other = store } = subject;
    const first = await arrive(subject, sizeBytes, 1);
    const second = await arrive(subject, sizeBytes, 2);
    for (const { declared, source } of [first, second]) await store.placeSource(declared, source, signal);
    const { videoId } = first.upload;
    const list = (page: KeyPageRequest) => other.listVideoKeys(videoId, page, signal);
    const keys = (await allKeys(1, list)).map(({ key }) => key);
    deepEqual(keys, [videoKey(videoId)]);
    for (let page = 0; (await store.freeVersions(videoId, signal)).more; page++) ok(page < MAX_PAGES);
    deepEqual(await contentOf(await other.openVideo(videoId, signal)), first.bytes, 'only hidden versions are freed');
    await store.hideKeys(keys, signal);
    await store.hideKeys(keys, signal);
    equal(await other.openVideo(videoId, signal), undefined);
    deepEqual(await list({ limit: 10 }), { keys: [], more: false });
    for (let page = 0; (await store.freeVersions(videoId, signal)).more; page++) ok(page < MAX_PAGES);
    deepEqual(await contentOf(await other.openVideo(second.upload.videoId, signal)), second.bytes);
  },
  'the keys of several videos are hidden at once': async (subject, sizeBytes) => {
    const { store, other = store } = subject;
    const uploads = [await arrive(subject, sizeBytes, 1), await arrive(subject, sizeBytes, 2)];
    for (const { declared, source } of uploads) await store.placeSource(declared, source, signal);
    const videoIds = uploads.map(({ upload }) => upload.videoId);
    await store.hideKeys(videoIds.map(videoKey), signal);
    for (const videoId of videoIds) equal(await other.openVideo(videoId, signal), undefined);
  },
  'sent files and sources are leftovers until they are removed': async (subject, sizeBytes) => {
    const { store, other = store } = subject;
    const { upload, declared } = await arrive(subject, sizeBytes);
    const found = await allLeftovers(other);
    ok(found.length > 0);
    deepEqual([...new Set(found.map(({ uploadId }) => uploadId))], [upload.uploadId]);
    for (const { modifiedAtMs } of found) isTimeOfWriting(modifiedAtMs);
    equal(new Set(found.map(({ id }) => id)).size, found.length);
    for (const [index, leftover] of found.entries()) {
      await store.removeLeftover(leftover, signal);
      await store.removeLeftover(leftover, signal);
      deepEqual(
        (await allLeftovers(other)).map(({ id }) => id),
        found.slice(index + 1).map(({ id }) => id),
        'of several leftovers only the given one is removed',
      );
    }
    deepEqual(await allLeftovers(other), []);
    equal(await store.takeSource(declared, idOf(22), signal), undefined);
  },
};
