import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { temporaryFolder } from '../test-support/running-storage.ts';
import { type FileFunctions, nodeFileFunctions } from './file-functions.ts';
import { SentFileStore } from './sent-file-store.ts';
import { StoreFolders } from './store-folders.ts';
import { UploadLockedError, UploadLocks } from './upload-locks.ts';

const NAME = `${'a'.repeat(32)}.9-${'b'.repeat(32)}`;
const NOW = Date.UTC(2030, 1, 3);
let folder: string;
let path: string;
let locks: UploadLocks;

beforeEach(() => {
  folder = temporaryFolder();
  const folders = new StoreFolders(folder);
  mkdirSync(folders.uploads);
  path = join(folders.uploads, NAME);
  writeFileSync(path, '');
  locks = new UploadLocks(folders);
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(folder, { recursive: true, force: true });
});

const storeOn = (files: Partial<FileFunctions> = {}, stallMs?: number) =>
  new SentFileStore({ ...nodeFileFunctions, ...files }, new StoreFolders(folder), locks, { now: () => NOW }, stallMs);

/** Runs something as a sender that holds the lock of the file. */
async function sending<T>(store: SentFileStore, work: () => Promise<T>): Promise<T> {
  const lock = store.newLock(NAME);
  await lock.lock(new AbortController().signal, () => undefined);
  try {
    return await work();
  } finally {
    await lock.unlock();
  }
}

const bytes = (text: string) => Readable.from([...text].map((each) => Buffer.from(each)));

/** `open` whose files write as `write` says, and say when they are closed. */
function openWith(write: (...args: readonly unknown[]) => unknown): {
  readonly open: FileFunctions['open'];
  readonly closed: () => number;
} {
  let closed = 0;
  const open: FileFunctions['open'] = async (...args) => {
    const handle = await nodeFileFunctions.open(...args);
    const close = handle.close.bind(handle);
    Object.assign(handle, {
      write: write.bind(handle),
      close: () => {
        closed += 1;
        return close();
      },
    });
    return handle;
  };
  return { open, closed: () => closed };
}

describe('writing', () => {
  test('begins at the offset, returns the new one, and sets the file’s time by the storage’s own clock', async () => {
    const store = storeOn();
    expect(await sending(store, () => store.write(bytes('abcde'), NAME, 0))).toBe(5);
    expect(await sending(store, () => store.write(bytes('XY'), NAME, 4))).toBe(6);
    expect(readFileSync(path, 'utf8')).toBe('abcdXY');
    expect(statSync(path).mtimeMs).toBe(NOW);
  });

  test('continues with the rest when the disk writes only a part of a piece', async () => {
    const calls: unknown[][] = [];
    const { open } = openWith(async (_piece, from, length, position) => {
      calls.push([from, length, position]);
      return { bytesWritten: Math.min(2, Number(length)) };
    });
    const store = storeOn({ open });
    expect(await sending(store, () => store.write(Readable.from([Buffer.from('abcde')]), NAME, 4))).toBe(9);
    expect(calls).toEqual([
      [0, 5, 4],
      [2, 3, 6],
      [4, 1, 8],
    ]);
  });

  test('needs the lock: without it, or with one that another has taken over, nothing more is written', async () => {
    const store = storeOn();
    await expect(store.write(bytes('abc'), NAME, 0)).rejects.toBeInstanceOf(UploadLockedError);
    await sending(store, async () => undefined);
    await expect(store.write(bytes('abc'), NAME, 0)).rejects.toBeInstanceOf(UploadLockedError);
    vi.spyOn(locks, 'acquire').mockImplementation(async () => {
      let asked = 0;
      return { isHeld: () => ++asked < 3, release: async () => undefined };
    });
    await expect(sending(store, () => store.write(bytes('abc'), NAME, 0))).rejects.toBeInstanceOf(UploadLockedError);
    expect(readFileSync(path, 'utf8')).toBe('ab');
  });

  test('that fails is an error of the storage; the file is closed, and the sender’s stream is not destroyed', async () => {
    const { open, closed } = openWith(async () => {
      throw Object.assign(new Error('no space'), { code: 'ENOSPC', syscall: 'write' });
    });
    const store = storeOn({ open });
    const readable = bytes('abc');
    await expect(sending(store, () => store.write(readable, NAME, 0))).rejects.toMatchObject({ code: 'BACKEND_FULL' });
    expect([closed(), readable.destroyed]).toEqual([1, false]);
  });

  test('to a file that was removed meanwhile is 404, and creates nothing', async () => {
    const store = storeOn();
    rmSync(path);
    const writing = sending(store, () => store.write(bytes('abc'), NAME, 0));
    await expect(writing).rejects.toMatchObject({ status_code: 404 });
    expect(readdirSync(join(folder, 'uploads'))).toEqual([]);
  });

  test('is an outage, and not a missing upload, when the folder does not exist', async () => {
    const open = async () => {
      rmSync(join(folder, 'uploads'), { recursive: true });
      throw Object.assign(new Error('no such file'), { code: 'ENOENT', syscall: 'open' });
    };
    const store = storeOn({ open });
    const writing = sending(store, () => store.write(bytes('abc'), NAME, 0));
    await expect(writing).rejects.toMatchObject({ code: 'BACKEND_UNAVAILABLE' });
  });
});

describe('a sender that sends nothing', () => {
  /** Waits without timers, since those of the tests are fake. */
  const written = async (sizeBytes: number) => {
    while (statSync(path).size < sizeBytes) await new Promise((resolve) => setImmediate(resolve));
  };

  /** Sends `a` at once, and nothing after it. */
  const begun = () => {
    const readable = new Readable({ read: () => undefined });
    readable.push('a');
    return readable;
  };

  test('for the whole stall time is ended with 408, and the bytes that it sent stay', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const store = storeOn();
    const readable = begun();
    const writing = sending(store, () => store.write(readable, NAME, 0));
    await written(1);
    await vi.advanceTimersByTimeAsync(19_999);
    expect(readable.destroyed).toBe(false);
    const ended = expect(writing).rejects.toMatchObject({ status_code: 408 });
    await vi.advanceTimersByTimeAsync(1);
    await ended;
    expect(readFileSync(path, 'utf8')).toBe('a');
  });

  test('has the whole stall time again after each piece', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const store = storeOn({}, 100);
    const readable = begun();
    const writing = sending(store, () => store.write(readable, NAME, 0));
    for (const size of [1, 2, 3]) {
      await written(size);
      await vi.advanceTimersByTimeAsync(99);
      readable.push(size === 3 ? null : 'b');
    }
    expect(await writing).toBe(3);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('the lock', () => {
  test('is for one sender and one that waits to resume; a third one must try again', async () => {
    const store = storeOn();
    const asked: string[] = [];
    const [first, second, third] = ['first', 'second', 'third'].map((name) => ({
      lock: store.newLock(NAME),
      release: () => void asked.push(name),
    }));
    const signal = new AbortController().signal;
    await first?.lock.lock(signal, first.release);
    const waiting = second?.lock.lock(signal, second.release);
    await expect(third?.lock.lock(signal, third.release)).rejects.toMatchObject({ status_code: 423 });
    expect(asked).toContain('first');
    await first?.lock.unlock();
    await waiting;
    await second?.lock.unlock();
    expect(await locks.isLocked(NAME)).toBe(false);
  });

  test('waits 25 seconds for another process, and ends when the request does', async () => {
    const acquire = vi.spyOn(locks, 'acquire');
    const { signal } = new AbortController();
    const release = () => undefined;
    const lock = storeOn().newLock(NAME);
    await lock.lock(signal, release);
    expect(acquire).toHaveBeenCalledWith(NAME, { signal, requestRelease: release, maxWaitMs: 25_000, maxHolders: 2 });
    await lock.unlock();
    await lock.unlock();
  });
});

describe('an upload', () => {
  test('is found by its name alone, with the size that was declared and the number of bytes that arrived', async () => {
    writeFileSync(path, 'abc');
    expect(await storeOn().getUpload(NAME)).toMatchObject({ id: NAME, size: 9, offset: 3 });
    await expect(storeOn().getUpload('another')).rejects.toThrow();
  });

  test('is created by a ticket, not by a browser', async () => {
    const store = storeOn();
    await expect(store.configstore.set(NAME, await store.getUpload(NAME))).rejects.toThrow(
      'Uploads are created by tickets alone.',
    );
    expect(store.hasExtension('creation')).toBe(false);
    expect(store.extensions).toEqual(['termination', 'expiration']);
  });
});
