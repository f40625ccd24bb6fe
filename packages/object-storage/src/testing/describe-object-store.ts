import { deepEqual, equal, notEqual, ok, rejects } from 'node:assert/strict';
import type { RangeReader } from '@videostorage/media';
import type { CreatedUpload, KeyPageRequest, NewUpload, ObjectStore, StoredKey } from '../object-store.ts';
import { claimKey, deletionKey, RECORDS_PREFIX, recordKey, videoKey } from '../store-keys.ts';

const { signal } = new AbortController();
/** Bound of each listing: a store that repeats itself fails and does not hang. */
const MAX_PAGES = 200;

/** A fresh, empty store and what is needed to use it from outside. */
export interface ObjectStoreSubject {
  /** The dialect. */
  readonly store: ObjectStore;
  /** The same bucket or folder through another instance, as another process sees it. Default: `store`. */
  readonly other?: ObjectStore | undefined;
  /** Sends bytes the way a browser does, all of them. */
  send(upload: NewUpload, created: CreatedUpload, bytes: Uint8Array): Promise<void>;
  /** Releases everything. */
  dispose(): Promise<void>;
}

/** Settings of `describeObjectStore`. */
export interface DescribeObjectStoreOptions {
  /** Of the dialect, in the tests' names. */
  readonly name: string;
  /** A fresh subject for each case. */
  readonly create: () => Promise<ObjectStoreSubject>;
  /** Sizes of upload to try: one for each kind of ticket that the dialect creates. Default 20. */
  readonly sizes?: readonly number[] | undefined;
  /** Of the test runner; Vitest's `{ describe, test }` fits. */
  readonly runner: {
    /** Groups tests. */
    describe(name: string, define: () => void): unknown;
    /** One test. */
    test(name: string, run: () => Promise<void>): unknown;
  };
}

/** What the template relies on, as a program: every dialect runs it. */
export function describeObjectStore({ name, create, sizes = [20], runner }: DescribeObjectStoreOptions): void {
  const add = (title: string, run: (subject: ObjectStoreSubject) => Promise<void>) => {
    runner.test(title, async () => {
      const subject = await create();
      try {
        await run(subject);
      } finally {
        await subject.dispose();
      }
    });
  };
  runner.describe(`${name} keeps what the template relies on`, () => {
    for (const [title, run] of Object.entries(DOCUMENT_CASES)) add(title, run);
    for (const sizeBytes of sizes) {
      for (const [title, run] of Object.entries(UPLOAD_CASES)) {
        add(`${sizeBytes} bytes: ${title}`, (subject) => run(subject, sizeBytes));
      }
    }
  });
}

const DOCUMENT_CASES: Readonly<Record<string, (subject: ObjectStoreSubject) => Promise<void>>> = {
  '§4.3 S6: of twenty who create a document at once, in two processes, one succeeds, and its text stands': async ({
    store,
    other = store,
  }) => {
    const key = recordKey(idOf(1));
    const create = (number: number) => (number % 2 ? other : store).createDocument(key, `text ${number}`, signal);
    const created = await Promise.all(Array.from({ length: 20 }, (_, number) => create(number)));
    equal(created.filter(Boolean).length, 1);
    equal(await other.readDocument(key, signal), `text ${created.indexOf(true)}`);
    equal(await other.createDocument(key, 'late', signal), false);
    equal(await store.readDocument(key, signal), `text ${created.indexOf(true)}`);
  },
  '§4.7: a document that was never written is positively absent, and removing it succeeds': async ({ store }) => {
    for (const key of [recordKey(idOf(1)), claimKey(idOf(1)), deletionKey(idOf(1), idOf(2))]) {
      equal(await store.readDocument(key, signal), undefined);
      await store.removeDocument(key, signal);
    }
    deepEqual(await store.listDocuments(RECORDS_PREFIX, { limit: 10 }, signal), { keys: [], more: false });
  },
  'a document is overwritten, written where there is none, and can be created again after it was removed': async ({
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
  'documents of one upload do not touch each other': async ({ store }) => {
    const keys = [recordKey(idOf(1)), claimKey(idOf(1)), deletionKey(idOf(1), idOf(2)), deletionKey(idOf(1), idOf(3))];
    for (const key of keys) equal(await store.createDocument(key, key, signal), true);
    await store.removeDocument(deletionKey(idOf(1), idOf(2)), signal);
    const left = await Promise.all(keys.map((key) => store.readDocument(key, signal)));
    deepEqual(left, [keys[0], keys[1], undefined, keys[3]]);
  },
  'documents are listed page by page, in order, each once, also behind a key that is gone': async ({ store }) => {
    const keys = Array.from({ length: 7 }, (_, number) => recordKey(idOf(number)));
    for (const key of [...keys].reverse()) await store.writeDocument(key, '{}', signal);
    await store.writeDocument(claimKey(idOf(1)), '{}', signal);
    const list = (page: KeyPageRequest) => store.listDocuments(RECORDS_PREFIX, page, signal);
    for (const limit of [1, 3, 7, 1000]) {
      deepEqual(
        (await all(limit, list)).map(({ key }) => key),
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
  'a listing says when a document was written': async ({ store }) => {
    await store.writeDocument(recordKey(idOf(1)), '{}', signal);
    const { keys } = await store.listDocuments(RECORDS_PREFIX, { limit: 1 }, signal);
    const [first] = keys;
    ok(first !== undefined && Number.isFinite(first.modifiedAtMs) && first.modifiedAtMs > 0);
  },
  '§4.8: an aborted operation ends with the reason of its signal': async ({ store }) => {
    const reason = new Error('The caller has gone.');
    const aborted = AbortSignal.abort(reason);
    await rejects(store.readDocument(recordKey(idOf(1)), aborted), reason);
    await rejects(store.createDocument(recordKey(idOf(1)), '{}', aborted), reason);
    await rejects(store.listLeftovers({ limit: 1 }, aborted), reason);
    equal(await store.readDocument(recordKey(idOf(1)), signal), undefined);
  },
};

type UploadCase = (subject: ObjectStoreSubject, sizeBytes: number) => Promise<void>;

const UPLOAD_CASES: Readonly<Record<string, UploadCase>> = {
  '§4.7: before anything has arrived there is no source, no video, nothing to list': async (subject, sizeBytes) => {
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
  '§4.2 S2: what is sent after the source was taken changes neither source nor video': async (subject, sizeBytes) => {
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
  'what was discarded before it was taken is no source': async (subject, sizeBytes) => {
    const { store } = subject;
    const { upload, created, declared } = await begin(subject, sizeBytes);
    await subject.send(upload, created, bytesOf(sizeBytes, 1));
    await store.discardUpload(declared, signal);
    equal(await store.takeSource(declared, idOf(21), signal), undefined);
  },
  '§4.6: a hidden video is listed and opened no more; another one is not touched': async (subject, sizeBytes) => {
    const { store, other = store } = subject;
    const first = await arrive(subject, sizeBytes, 1);
    const second = await arrive(subject, sizeBytes, 2);
    for (const { declared, source } of [first, second]) await store.placeSource(declared, source, signal);
    const { videoId } = first.upload;
    const list = (page: KeyPageRequest) => other.listVideoKeys(videoId, page, signal);
    const keys = (await all(1, list)).map(({ key }) => key);
    deepEqual(keys, [videoKey(videoId)]);
    await store.hideKeys(keys, signal);
    await store.hideKeys(keys, signal);
    equal(await other.openVideo(videoId, signal), undefined);
    deepEqual(await list({ limit: 10 }), { keys: [], more: false });
    for (let page = 0; (await store.freeVersions(videoId, signal)).more; page++) ok(page < MAX_PAGES);
    deepEqual(await contentOf(await other.openVideo(second.upload.videoId, signal)), second.bytes);
  },
  '§4.10: what was sent and taken is left over until it is removed': async (subject, sizeBytes) => {
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

async function begin({ store }: ObjectStoreSubject, sizeBytes: number, number = 1) {
  const uploadId = idOf(number);
  const upload: NewUpload = {
    ...{ uploadId, videoId: `${uploadId}-mp4`, userId: 'student-1', sizeBytes, mimeType: 'video/mp4' },
    expiresAtMs: () => Date.now() + 3_600_000,
  };
  const created = await store.createUpload(upload, signal);
  const { state } = created;
  const { videoId, mimeType } = upload;
  const declared = { uploadId, videoId, sizeBytes, mimeType, ...(state !== undefined && { state }) };
  return { upload, created, declared };
}

async function arrive(subject: ObjectStoreSubject, sizeBytes: number, number = 1) {
  const begun = await begin(subject, sizeBytes, number);
  const bytes = bytesOf(sizeBytes, number);
  await subject.send(begun.upload, begun.created, bytes);
  const source = await subject.store.takeSource(begun.declared, idOf(20 + number), signal);
  ok(source !== undefined, 'what has arrived is a source');
  return { ...begun, bytes, source };
}

async function contentOf(reader: RangeReader | undefined): Promise<Uint8Array | undefined> {
  if (reader === undefined) return undefined;
  const { sizeBytes } = reader;
  const middle = Math.floor(sizeBytes / 2);
  const halves = await Promise.all([reader.read(0, middle, signal), reader.read(middle, sizeBytes, signal)]);
  const content = new Uint8Array(sizeBytes);
  content.set(halves[0], 0);
  content.set(halves[1], middle);
  return content;
}

async function all(
  limit: number,
  list: (page: KeyPageRequest) => Promise<{ readonly keys: readonly StoredKey[]; readonly more: boolean }>,
): Promise<readonly StoredKey[]> {
  const found: StoredKey[] = [];
  for (let page = 0; page < MAX_PAGES; page++) {
    const { keys, more } = await list({ after: found.at(-1)?.key, limit });
    ok(keys.length <= limit);
    found.push(...keys);
    if (!more) return found;
    ok(keys.length > 0, 'an empty page has none behind it');
  }
  throw new Error('The listing does not end.');
}

async function allLeftovers(store: ObjectStore) {
  const found = [];
  let cursor: string | undefined;
  for (let page = 0; page < MAX_PAGES; page++) {
    const { leftovers, cursor: next } = await store.listLeftovers({ cursor, limit: 1 }, signal);
    found.push(...leftovers);
    if (next === undefined) return found;
    cursor = next;
  }
  throw new Error('The listing does not end.');
}

/** 32 hexadecimal digits. */
function idOf(number: number): string {
  return number.toString(16).padStart(32, '0');
}

/** Bytes that differ with their position and with `salt`. */
function bytesOf(sizeBytes: number, salt: number): Uint8Array {
  return Uint8Array.from({ length: sizeBytes }, (_, index) => (index * 31 + salt * 7 + (index >> 8)) & 0xff);
}
