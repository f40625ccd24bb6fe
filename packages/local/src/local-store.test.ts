import { appendFileSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeObjectStore } from '@videostorage/object-storage/testing';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { fileError } from '../test-support/failing-files.ts';
import { type RunningStorage, startStorage } from '../test-support/running-storage.ts';
import { patch } from '../test-support/sending.ts';
import { storeOver } from '../test-support/store-over.ts';
import { type FileFunctions, nodeFileFunctions } from './file-functions.ts';
import type { LocalStore } from './local-store.ts';

const refuseLinks = () => Promise.reject(fileError('EPERM', 'link'));
const systems: Readonly<Record<string, Partial<FileFunctions>>> = {
  'a folder': {},
  'a folder without hard links': { link: refuseLinks },
};

for (const [name, fileFunctions] of Object.entries(systems)) {
  describeObjectStore({
    name,
    sizes: [20, 200_000],
    runner: { describe, test },
    create: async () => {
      const running = await startStorage({ fileFunctions });
      const make = () => storeOver(running.folder, running.baseUrl, { ...nodeFileFunctions, ...fileFunctions });
      return {
        store: make(),
        other: make(),
        send: async (_upload, created, bytes) => {
          if (created.protocol !== 'tus') throw new TypeError('It is not a tus ticket.');
          const { status } = await patch(created.url, 0, bytes);
          if (status !== 204) throw new Error(`PATCH answered ${status}.`);
        },
        dispose: () => running.stop(),
      };
    },
  });
}

test('an upload that is discarded without its ticket goes with the files of all its owners, and no other', async () => {
  const running = await startStorage();
  const store = storeOver(running.folder, running.baseUrl, nodeFileFunctions);
  const { signal } = new AbortController();
  const upload = { uploadId: 'a'.repeat(32), videoId: `${'a'.repeat(32)}-mp4`, sizeBytes: 10, mimeType: 'video/mp4' };
  const create = (changes: { readonly userId: string; readonly uploadId?: string }) =>
    store.createUpload({ ...upload, ...changes, expiresAtMs: () => Date.now() + 60_000 }, signal);
  await create({ userId: 'anna' });
  await create({ userId: 'bert' });
  const { state } = await create({ userId: 'anna', uploadId: 'b'.repeat(32) });
  await store.discardUpload({ uploadId: upload.uploadId, videoId: upload.videoId }, signal);
  expect(readdirSync(join(running.folder, 'uploads'))).toEqual([state]);
  await running.stop();
});

describe('files that another program named, such as a file manager', () => {
  const uploadId = 'a'.repeat(32);
  const { signal } = new AbortController();
  const names = ['.DS_Store', '._source.mp4', 'My film.mp4', 'Фильм.m3u8', `${'n'.repeat(201)}.vtt`, 'hls/.nfs 01'];

  test('are listed and hidden with the video in whose folder they lie', async () => {
    const running = await startStorage();
    const store = storeOver(running.folder, running.baseUrl, nodeFileFunctions);
    mkdirSync(join(running.folder, 'videos', uploadId, 'hls'), { recursive: true });
    for (const name of names) writeFileSync(join(running.folder, 'videos', uploadId, name), 'x');
    const { keys, more } = await store.listVideoKeys(`${uploadId}-mp4`, { limit: 10 }, signal);
    expect(keys.map(({ key }) => key)).toEqual(names.map((name) => `videos/${uploadId}/${name}`).sort());
    expect(more).toBe(false);
    await store.hideKeys(
      keys.map(({ key }) => key),
      signal,
    );
    expect(readdirSync(join(running.folder, 'videos'))).toEqual([]);
    await running.stop();
  });

  test('are removed with the leftovers of the upload whose id their names begin with', async () => {
    const running = await startStorage();
    const store = storeOver(running.folder, running.baseUrl, nodeFileFunctions);
    writeFileSync(join(running.folder, 'uploads', `${uploadId}.5 (copy)`), 'x');
    writeFileSync(join(running.folder, 'uploads', '.DS_Store'), 'x');
    const { leftovers } = await store.listLeftovers({ limit: 10 }, signal);
    for (const leftover of leftovers) await store.removeLeftover(leftover, signal);
    expect(readdirSync(join(running.folder, 'uploads'))).toEqual(['.DS_Store']);
    await running.stop();
  });
});

describe('an attempt that is given up while the disk is slow', () => {
  const upload = { uploadId: 'a'.repeat(32), videoId: `${'a'.repeat(32)}-mp4`, sizeBytes: 3, mimeType: 'video/mp4' };
  const source = { kind: 'copy', id: 'b'.repeat(32) } as const;
  const { signal } = new AbortController();

  /** A store with an upload that was sent, whose next link or copy ends only after its caller has given up. */
  async function slowStore(links: boolean) {
    const running = await startStorage();
    const givenUp = new AbortController();
    let isSlow = false;
    const late: FileFunctions['link'] = async (...args) => {
      if (!links) throw fileError('EPERM', 'link');
      await nodeFileFunctions.link(...args);
      if (isSlow) givenUp.abort(new Error('given up'));
    };
    const copyFile: FileFunctions['copyFile'] = async (...args) => {
      await nodeFileFunctions.copyFile(...args);
      if (isSlow) givenUp.abort(new Error('given up'));
    };
    const store = storeOver(running.folder, running.baseUrl, { ...nodeFileFunctions, link: late, copyFile });
    const created = await store.createUpload(
      { ...upload, userId: 'anna', expiresAtMs: () => Date.now() + 60_000 },
      signal,
    );
    const declared = { ...upload, state: String(created.state) };
    writeFileSync(join(running.folder, 'uploads', declared.state), 'abc');
    const slowly = async (work: (ended: AbortSignal) => Promise<unknown>) => {
      isSlow = true;
      await expect(work(givenUp.signal)).rejects.toThrow('given up');
    };
    return { running, store, declared, slowly };
  }

  test.each([true, false])('leaves no source behind that no claim would name (links: %s)', async (links) => {
    const { running, store, declared, slowly } = await slowStore(links);
    await slowly((ended) => store.takeSource(declared, source.id, ended));
    expect(readdirSync(join(running.folder, 'uploads'))).toEqual([declared.state]);
    await running.stop();
  });

  test.each([true, false])('places nothing, since a delete may have happened in between (links: %s)', async (links) => {
    const { running, store, declared, slowly } = await slowStore(links);
    await store.takeSource(declared, source.id, signal);
    await slowly((ended) => store.placeSource(declared, source, ended));
    expect(readdirSync(join(running.folder, 'videos'))).toEqual([]);
    expect(readdirSync(join(running.folder, 'uploads')).sort()).toEqual(
      [declared.state, `${upload.uploadId}.${source.id}`].sort(),
    );
    await running.stop();
  });
});

describe('a sent file that is listed as left over', () => {
  const upload = { uploadId: 'a'.repeat(32), videoId: `${'a'.repeat(32)}-mp4`, userId: 'anna', sizeBytes: 10 };
  const { signal } = new AbortController();
  let running: RunningStorage;
  let store: LocalStore;
  const create = () =>
    store.createUpload({ ...upload, mimeType: 'video/mp4', expiresAtMs: () => Date.now() + 60_000 }, signal);
  const listed = async () => (await store.listLeftovers({ limit: 10 }, signal)).leftovers;

  beforeEach(async () => {
    running = await startStorage();
    store = storeOver(running.folder, running.baseUrl, nodeFileFunctions);
    await create();
  });
  afterEach(() => running.stop());

  test('is removed, and nothing else stays', async () => {
    for (const leftover of await listed()) await store.removeLeftover(leftover, signal);
    expect(readdirSync(join(running.folder, 'uploads'))).toEqual([]);
  });

  test('stays with its bytes when it gets a new ticket before it is removed', async () => {
    const [leftover] = await listed();
    if (leftover === undefined) throw new TypeError('It is listed.');
    const path = join(running.folder, 'uploads', leftover.id);
    appendFileSync(path, 'abc');
    const modifiedAtMs = statSync(path).mtimeMs - 1000;
    await store.removeLeftover({ ...leftover, modifiedAtMs }, signal);
    expect(readdirSync(join(running.folder, 'uploads'))).toEqual([leftover.id]);
    expect(readFileSync(path, 'utf8')).toBe('abc');
    // Last changed at exactly the listed time: nothing has happened since.
    await store.removeLeftover({ ...leftover, modifiedAtMs: statSync(path).mtimeMs }, signal);
    expect(readdirSync(join(running.folder, 'uploads'))).toEqual([]);
  });
});
