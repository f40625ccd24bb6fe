import { deepEqual, equal, rejects } from 'node:assert/strict';
import { isVideoStorageError } from '@videostorage/core';
import type { KeyPageRequest } from '../object-store.ts';
import { claimKey, deletionKey, RECORDS_PREFIX, recordKey, videoKey } from '../store-keys.ts';
import type { ObjectStoreCase } from './object-store-subject.ts';
import { idOf, isTimeOfWriting } from './sample-values.ts';
import { allKeys } from './whole-listing.ts';

const { signal } = new AbortController();

/** Cases about small documents: exactly one caller creates, all read the same, listings are complete. */
export const DOCUMENT_CASES: Readonly<Record<string, ObjectStoreCase>> = {
  'of twenty simultaneous creates of a document, in two processes, one succeeds, and its text is stored': async ({
    store,
    other = store,
  }) => {
    const key = recordKey(idOf(1));
    const create = (number: number) => (number % 2 ? other : store).createDocument(key, `text ${number}`, signal);
    const created = await Promise.all(Array.from({ length: 20 }, (_, number) => create(number)));
    equal(created.filter(Boolean).length, 1);
    equal(await other.readDocument(key, signal), `text ${created.indexOf(true)}`);
    equal(await other.createDocument(key, 'late', signal), false);
    equal(await other.createDocument(key, `text ${created.indexOf(true)}`, signal), false);
    equal(await store.readDocument(key, signal), `text ${created.indexOf(true)}`);
  },
  'a document that was never written is absent, and removing it succeeds': async ({ store }) => {
    for (const key of [recordKey(idOf(1)), claimKey(idOf(1)), deletionKey(idOf(1), idOf(2))]) {
      equal(await store.readDocument(key, signal), undefined);
      await store.removeDocument(key, signal);
    }
    deepEqual(await store.listDocuments(RECORDS_PREFIX, { limit: 10 }, signal), { keys: [], more: false });
  },
  'a document can be overwritten, written when there is none, and created again after it was removed': async ({
    store,
    other = store,
  }) => {
    const key = recordKey(idOf(1));
    await store.writeDocument(key, 'first', signal);
    await other.writeDocument(key, 'second ä €', signal);
    equal(await store.readDocument(key, signal), 'second ä €');
    await store.removeDocument(key, signal);
    equal(await other.readDocument(key, signal), undefined);
    equal(await other.createDocument(key, 'third', signal), true);
    equal(await store.readDocument(key, signal), 'third');
  },
  'documents of one upload are independent of each other': async ({ store }) => {
    const keys = [recordKey(idOf(1)), claimKey(idOf(1)), deletionKey(idOf(1), idOf(2)), deletionKey(idOf(1), idOf(3))];
    for (const key of keys) equal(await store.createDocument(key, key, signal), true);
    await store.removeDocument(deletionKey(idOf(1), idOf(2)), signal);
    const left = await Promise.all(keys.map((key) => store.readDocument(key, signal)));
    deepEqual(left, [keys[0], keys[1], undefined, keys[3]]);
  },
  'documents are listed page by page, in order, each once, also after a key that is gone': async ({ store }) => {
    const keys = Array.from({ length: 7 }, (_, number) => recordKey(idOf(number)));
    for (const key of [...keys].reverse()) await store.writeDocument(key, '{}', signal);
    await store.writeDocument(claimKey(idOf(1)), '{}', signal);
    const list = (page: KeyPageRequest) => store.listDocuments(RECORDS_PREFIX, page, signal);
    for (const limit of [1, 3, 7, 1000]) {
      deepEqual(
        (await allKeys(limit, list)).map(({ key }) => key),
        keys,
      );
    }
    const exact = await list({ limit: 7 });
    equal(exact.more, false);
    const [, second = ''] = keys;
    await store.removeDocument(second, signal);
    const { keys: behind, more } = await list({ after: second, limit: 2 });
    deepEqual(
      behind.map(({ key }) => key),
      keys.slice(2, 4),
    );
    equal(more, true);
  },
  'a listing has the time at which a document was written': async ({ store }) => {
    await store.writeDocument(recordKey(idOf(1)), '{}', signal);
    const { keys } = await store.listDocuments(RECORDS_PREFIX, { limit: 1 }, signal);
    const [first] = keys;
    isTimeOfWriting(first?.modifiedAtMs);
  },
  'a document of 64 KiB is read as it was written, and a larger one is refused, when it is written or read': async ({
    store,
  }) => {
    const text = 'ä'.repeat(32_768);
    await store.writeDocument(recordKey(idOf(1)), text, signal);
    equal(await store.readDocument(recordKey(idOf(1)), signal), text);
    const larger = async () => {
      await store.writeDocument(recordKey(idOf(2)), `${text}.`, signal);
      return store.readDocument(recordKey(idOf(2)), signal);
    };
    await rejects(larger, (error) => isVideoStorageError(error) && error.code.startsWith('BACKEND_'));
  },
  'an aborted operation ends with the reason of its signal, and does nothing': async ({ store }) => {
    const reason = new Error('The caller has aborted.');
    const aborted = AbortSignal.abort(reason);
    const [key, written] = [recordKey(idOf(1)), recordKey(idOf(2))];
    await store.writeDocument(written, 'stays', signal);
    const [id, source] = [
      { uploadId: idOf(1), videoId: `${idOf(1)}-mp4` },
      { kind: 'copy', id: idOf(3) },
    ] as const;
    const facts = { ...id, sizeBytes: 20, mimeType: 'video/mp4' };
    const request = { ...facts, userId: 'student-1', expiresAtMs: () => Date.now() + 3_600_000 };
    const { state } = await store.createUpload(request, signal);
    const upload = { ...id, ...(state !== undefined && { state }) };
    const declared = { ...facts, ...upload };
    const leftover = { id: idOf(1), uploadId: idOf(1), modifiedAtMs: 0 };
    const operations: readonly (() => Promise<unknown>)[] = [
      () => store.createUpload(request, aborted),
      () => store.takeSource(declared, idOf(3), aborted),
      () => store.openSource(upload, source, aborted),
      () => store.placeSource(declared, source, aborted),
      () => store.openVideo(upload.videoId, aborted),
      () => store.discardSource(upload, source, aborted),
      () => store.discardUpload(upload, aborted),
      () => store.createDocument(key, '{}', aborted),
      () => store.readDocument(key, aborted),
      () => store.writeDocument(written, 'changed', aborted),
      () => store.removeDocument(written, aborted),
      () => store.listDocuments(RECORDS_PREFIX, { limit: 1 }, aborted),
      () => store.listVideoKeys(upload.videoId, { limit: 1 }, aborted),
      () => store.hideKeys([videoKey(upload.videoId)], aborted),
      () => store.freeVersions(upload.videoId, aborted),
      () => store.listLeftovers({ limit: 1 }, aborted),
      () => store.removeLeftover(leftover, aborted),
    ];
    for (const operation of operations) await rejects(operation, reason, String(operation));
    equal(await store.readDocument(key, signal), undefined);
    equal(await store.readDocument(written, signal), 'stays');
  },
};
