import { existsSync, mkdirSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type FileFault, failingFiles, fileError } from '../test-support/failing-files.ts';
import { storeOver } from '../test-support/store-over.ts';
import type { LocalStore } from './local-store.ts';
import { prepareFolders } from './prepare-folders.ts';
import { StoreFolders } from './store-folders.ts';
import { UploadLocks } from './upload-locks.ts';

const uploadId = 'a'.repeat(32);
const videoId = `${uploadId}-mp4`;
const { signal } = new AbortController();
const attempt = 'b'.repeat(32);
const upload = { uploadId, videoId, userId: 'anna', sizeBytes: 4, mimeType: 'video/mp4' };

let folder: string;
let store: LocalStore;
const open = (fault: FileFault = () => undefined) => storeOver(folder, 'http://127.0.0.1/video', failingFiles(fault));
const write = (path: string, text = 'x') => writeFileSync(join(folder, path), text);
const names = (path: string) => readdirSync(join(folder, path));

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'videostorage-listings-'));
  prepareFolders(new StoreFolders(folder));
  store = open();
});
afterEach(() => rm(folder, { recursive: true }));

describe('the keys of a video', () => {
  const video = `videos/${uploadId}`;
  const page = async (limit: number, after?: string) => {
    const { keys, more } = await store.listVideoKeys(videoId, { limit, after }, signal);
    return [keys.map(({ key }) => key.slice(video.length + 1)), more];
  };
  beforeEach(() => {
    mkdirSync(join(folder, video, 'hls/low'), { recursive: true });
    for (const name of ['source.mp4', 'hls/low/1.ts', 'hls/index.m3u8', 'captions.vtt']) write(`${video}/${name}`);
  });

  test('come page by page in the order of their names, folders only through the files in them', async () => {
    expect(await page(3)).toEqual([['captions.vtt', 'hls/index.m3u8', 'hls/low/1.ts'], true]);
    expect(await page(3, `${video}/hls/low/1.ts`)).toEqual([['source.mp4'], false]);
    expect(await page(4)).toEqual([['captions.vtt', 'hls/index.m3u8', 'hls/low/1.ts', 'source.mp4'], false]);
    expect(await page(9, `${video}/source.mp4`)).toEqual([[], false]);
  });

  test('have the time of their last change, and their size', async () => {
    write(`${video}/source.mp4`, 'four');
    utimesSync(join(folder, video, 'source.mp4'), 1_700_000_000, 1_700_000_000);
    const { keys } = await store.listVideoKeys(videoId, { limit: 9, after: `${video}/hls/low/1.ts` }, signal);
    expect(keys).toEqual([{ key: `${video}/source.mp4`, modifiedAtMs: 1_700_000_000_000, sizeBytes: 4 }]);
  });

  test('are none for a video that does not exist; without the folder of videos the listing fails', async () => {
    const other = `${'c'.repeat(32)}-mp4`;
    expect(await store.listVideoKeys(other, { limit: 9 }, signal)).toEqual({ keys: [], more: false });
    rmSync(join(folder, 'videos'), { recursive: true });
    await expect(store.listVideoKeys(other, { limit: 9 }, signal)).rejects.toMatchObject({
      code: 'BACKEND_UNAVAILABLE',
    });
  });

  test('are an error when they cannot be listed', async () => {
    store = open((name) => (name === 'readdir' ? Promise.reject(fileError('EIO', 'scandir')) : undefined));
    await expect(page(9)).rejects.toMatchObject({ code: 'BACKEND_UNAVAILABLE' });
  });

  test('are hidden together with the folders that this empties, and no others', async () => {
    await store.hideKeys([`${video}/hls/low/1.ts`, `${video}/source.mp4`, `${video}/gone.mp4`], signal);
    expect(names(video).sort()).toEqual(['captions.vtt', 'hls']);
    expect(names(`${video}/hls`)).toEqual(['index.m3u8']);
    await store.hideKeys([`${video}/captions.vtt`, `${video}/hls/index.m3u8`], signal);
    expect(names('videos')).toEqual([]);
  });

  test('are hidden with folders in folders, whichever key is named first', async () => {
    mkdirSync(join(folder, video, 'hls/low/parts'));
    write(`${video}/hls/low/parts/1.ts`);
    const { keys } = await store.listVideoKeys(videoId, { limit: 9 }, signal);
    await store.hideKeys(keys.map(({ key }) => key).reverse(), signal);
    expect(names('videos')).toEqual([]);
  });

  test('are all hidden except one that cannot be, which is an error', async () => {
    store = open((name, [path]) => {
      const fails = name === 'rm' && String(path).endsWith('captions.vtt');
      return fails ? Promise.reject(fileError('EIO', 'rm')) : undefined;
    });
    const hidden = store.hideKeys([`${video}/captions.vtt`, `${video}/source.mp4`], signal);
    await expect(hidden).rejects.toMatchObject({ code: 'BACKEND_UNAVAILABLE' });
    expect(names(video).sort()).toEqual(['captions.vtt', 'hls']);
  });
});

describe('a leftover', () => {
  const ids = ['1', '2', '3'].map((digit) => digit.repeat(32));
  const page = async (limit: number, cursor?: string) => {
    const { leftovers, cursor: next } = await store.listLeftovers({ limit, cursor }, signal);
    return [leftovers.map(({ id }) => id), next];
  };
  beforeEach(() => {
    for (const id of ids.toReversed()) write(`uploads/${id}.draft-1`, 'four');
    write('uploads/.DS_Store');
    write('uploads/notes.txt');
  });
  const drafts = ids.map((id) => `${id}.draft-1`);

  test('is listed page by page in the order of names; files that belong to no upload are not', async () => {
    const [first, second, third] = drafts;
    expect(await page(2)).toEqual([[first, second], second]);
    // After the last leftover of this page there are only files that belong to no upload.
    expect(await page(2, second)).toEqual([[third], undefined]);
    expect(await page(3)).toEqual([drafts, third]);
    expect(await page(9, third)).toEqual([[], undefined]);
    rmSync(join(folder, 'uploads/notes.txt'));
    expect(await page(3)).toEqual([drafts, undefined]);
  });

  test('is listed in that order, whatever the order of the folder is', async () => {
    store = open((name) => (name === 'readdir' ? Promise.resolve(drafts.toReversed()) : undefined));
    expect(await page(2)).toEqual([drafts.slice(0, 2), drafts[1]]);
    expect(await page(2, drafts[1])).toEqual([drafts.slice(2), undefined]);
  });

  test('has its upload, its size, and the time of its last change', async () => {
    const { leftovers } = await store.listLeftovers({ limit: 1 }, signal);
    const { mtimeMs } = statSync(join(folder, 'uploads', `${drafts[0]}`));
    expect(leftovers).toEqual([{ id: drafts[0], uploadId: ids[0], sizeBytes: 4, modifiedAtMs: mtimeMs }]);
  });

  test('is left out when it is removed during the listing; one that cannot be read is an error', async () => {
    const failing = (code: string) =>
      open((name, [path]) => {
        const fails = name === 'lstat' && String(path).endsWith(String(drafts[1]));
        return fails ? Promise.reject(fileError(code, 'lstat')) : undefined;
      });
    store = failing('ENOENT');
    expect(await page(9)).toEqual([[drafts[0], drafts[2]], undefined]);
    store = failing('EIO');
    await expect(page(9)).rejects.toMatchObject({ code: 'BACKEND_UNAVAILABLE' });
  });

  test('stays while it is being sent to; one that is already gone counts as removed, and one that cannot be moved is an error', async () => {
    const { state = '' } = await store.createUpload({ ...upload, expiresAtMs: () => Date.now() + 60_000 }, signal);
    const leftover = { id: state, uploadId, modifiedAtMs: Date.now() + 1000 };
    const lock = await new UploadLocks(new StoreFolders(folder)).tryAcquire(state);
    await store.removeLeftover(leftover, signal);
    expect(names('uploads')).toContain(state);
    await lock?.release();
    const failing = open((name) => (name === 'rename' ? Promise.reject(fileError('EIO', 'rename')) : undefined));
    await expect(failing.removeLeftover(leftover, signal)).rejects.toMatchObject({ code: 'BACKEND_UNAVAILABLE' });
    expect(names('uploads')).toContain(state);
    await store.removeLeftover(leftover, signal);
    expect(names('uploads')).not.toContain(state);
    await store.removeLeftover(leftover, signal);
    await store.removeLeftover({ id: `${drafts[0]}`, uploadId: `${ids[0]}`, modifiedAtMs: 0 }, signal);
    expect(names('uploads').filter((name) => name !== 'notes.txt' && name !== '.DS_Store')).toEqual(drafts.slice(1));
  });
});

describe('a source', () => {
  const source = { kind: 'copy', id: attempt } as const;
  const sent = async (bytes = 'four') => {
    const { state = '' } = await store.createUpload({ ...upload, expiresAtMs: () => Date.now() + 60_000 }, signal);
    write(`uploads/${state}`, bytes);
    return { ...upload, state };
  };

  test('is taken from a complete upload, and can be placed repeatedly', async () => {
    const whole = await sent();
    expect(await store.takeSource(whole, attempt, signal)).toEqual(source);
    expect(await store.placeSource(whole, source, signal)).toBe(true);
    expect(await store.placeSource(whole, source, signal)).toBe(true);
    await store.discardSource(whole, source, signal);
    // It is at its final place, whichever attempt has placed it.
    expect(await store.placeSource(whole, source, signal)).toBe(true);
    expect(names(`videos/${uploadId}`)).toEqual(['source.mp4']);
  });

  test('is not taken from an incomplete or unknown upload, and not placed when it is gone', async () => {
    const short = await sent('fou');
    expect(await store.takeSource(short, attempt, signal)).toBeUndefined();
    expect(await store.takeSource(upload, attempt, signal)).toBeUndefined();
    expect(await store.placeSource(short, source, signal)).toBe(false);
    expect(existsSync(join(folder, 'videos', uploadId))).toBe(false);
  });

  test('is placed although a delete removes the empty folder of the video meanwhile, three times at most', async () => {
    const whole = await sent();
    await store.takeSource(whole, attempt, signal);
    let removals = 3;
    store = open((name, [, to]) => {
      if (name !== 'rename' || removals === 0 || !String(to).includes('videos')) return undefined;
      removals -= 1;
      rmSync(join(folder, 'videos', uploadId), { recursive: true });
      return undefined;
    });
    expect(await store.placeSource(whole, source, signal)).toBe(true);
    expect([removals, names(`videos/${uploadId}`)]).toEqual([0, ['source.mp4']]);
    rmSync(join(folder, 'videos', uploadId), { recursive: true });
    removals = 4;
    expect(await store.placeSource(whole, source, signal)).toBe(false);
    expect(removals).toBe(0);
  });

  test.each(['mkdir', 'rename'])(
    'cannot be placed where %s fails, which is an error and leaves no draft',
    async (failing) => {
      const whole = await sent();
      await store.takeSource(whole, attempt, signal);
      const before = names('uploads').sort();
      store = open((name) => (name === failing ? Promise.reject(fileError('EIO', name)) : undefined));
      await expect(store.placeSource(whole, source, signal)).rejects.toMatchObject({ code: 'BACKEND_UNAVAILABLE' });
      expect(names('uploads').sort()).toEqual(before);
    },
  );

  test('is an error when it cannot be made, and none is taken when the sent file is gone meanwhile', async () => {
    const whole = await sent();
    const failing = (code: string) =>
      open((name) => (['link', 'copyFile'].includes(name) ? Promise.reject(fileError(code, name)) : undefined));
    await expect(failing('EIO').takeSource(whole, attempt, signal)).rejects.toMatchObject({
      code: 'BACKEND_UNAVAILABLE',
    });
    expect(await failing('ENOENT').takeSource(whole, attempt, signal)).toBeUndefined();
    rmSync(join(folder, 'uploads', whole.state));
    expect(await store.takeSource(whole, attempt, signal)).toBeUndefined();
  });

  test('is not waited for while bytes are missing, since their sender holds the lock', async () => {
    const short = await sent('fou');
    const lock = await new UploadLocks(new StoreFolders(folder)).acquire(short.state);
    expect(await store.takeSource(short, attempt, signal)).toBeUndefined();
    await lock.release();
  });

  test('is checked again once its sender has released the lock, and waited for until the caller gives up', async () => {
    const whole = await sent();
    const lock = await new UploadLocks(new StoreFolders(folder)).acquire(whole.state);
    const givenUp = new AbortController();
    const waiting = store.takeSource(whole, attempt, givenUp.signal);
    const taken = store.takeSource(whole, 'c'.repeat(32), signal);
    givenUp.abort(new Error('given up'));
    await expect(waiting).rejects.toThrow('given up');
    write(`uploads/${whole.state}`, 'fo');
    await lock.release();
    expect(await taken).toBeUndefined();
    expect(names('uploads')).toEqual([whole.state]);
  });

  test('counts as placed when another attempt has placed and discarded it meanwhile', async () => {
    const whole = await sent();
    await store.takeSource(whole, attempt, signal);
    const other = store;
    let isFirst = true;
    store = open((name) => {
      if (!['link', 'copyFile'].includes(name) || !isFirst) return undefined;
      isFirst = false;
      return other
        .placeSource(whole, source, signal)
        .then(() => other.discardSource(whole, source, signal))
        .then(() => Promise.reject(fileError('ENOENT', name)));
    });
    expect(await store.placeSource(whole, source, signal)).toBe(true);
    expect(names(`videos/${uploadId}`)).toEqual(['source.mp4']);
  });

  test.each(['uploads', 'videos'])('is an error, and not absent, without the folder of %s', async (missing) => {
    const whole = await sent();
    rmSync(join(folder, missing), { recursive: true });
    const asked = missing === 'uploads' ? store.takeSource(whole, attempt, signal) : store.openVideo(videoId, signal);
    await expect(asked).rejects.toMatchObject({ code: 'BACKEND_UNAVAILABLE' });
  });

  test('is an unreadable answer when the claim names none', async () => {
    const foreign = { kind: 'copy', id: '../../etc' } as const;
    await expect(store.discardSource(upload, foreign, signal)).rejects.toMatchObject({
      ...{ code: 'BACKEND_BAD_RESPONSE', message: 'A claim names no source of this storage.' },
    });
  });
});

test('a folder of a video that cannot be removed is an error; one that is gone or not empty is not', async () => {
  await store.freeVersions(videoId, signal);
  mkdirSync(join(folder, 'videos', uploadId));
  write(`videos/${uploadId}/captions.vtt`);
  await store.freeVersions(videoId, signal);
  expect(names(`videos/${uploadId}`)).toEqual(['captions.vtt']);
  const failing = open((name) => (name === 'rmdir' ? Promise.reject(fileError('EIO', name)) : undefined));
  await expect(failing.freeVersions(videoId, signal)).rejects.toMatchObject({ code: 'BACKEND_UNAVAILABLE' });
});
