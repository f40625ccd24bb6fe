import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { temporaryFolder } from '../test-support/running-storage.ts';
import { StoreFolders } from './store-folders.ts';
import { UploadLockedError, UploadLocks } from './upload-locks.ts';

/** The value in `upload-locks.ts`. */
const LONGEST_GAP_MS = 5000;
const TICK_MS = 1000;
let folder: string;
let one: UploadLocks;
/** Acts like another process: it shares only the folder. */
let other: UploadLocks;

beforeEach(() => {
  folder = temporaryFolder();
  const folders = new StoreFolders(folder);
  mkdirSync(folders.uploads);
  writeFileSync(join(folders.uploads, 'film'), '');
  one = new UploadLocks(folders);
  other = new UploadLocks(folders);
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(folder, { recursive: true, force: true });
});

test('a lock that one process holds cannot be taken by another until it is released, which leaves nothing behind', async () => {
  const held = await one.acquire('film');
  expect(await other.isLocked('film')).toBe(true);
  expect(await other.tryAcquire('film')).toBeUndefined();
  await expect(other.acquire('film', { maxWaitMs: 0 })).rejects.toBeInstanceOf(UploadLockedError);
  await held.release();
  expect(await other.isLocked('film')).toBe(false);
  const next = await other.tryAcquire('film');
  expect(next?.isHeld()).toBe(true);
  await next?.release();
  expect(readdirSync(join(folder, 'uploads'))).toEqual(['film']);
});

test('one waits for another process as long as it may, and has the lock as soon as it is free', async () => {
  const held = await other.acquire('film');
  const waiting = one.acquire('film', { maxWaitMs: 60_000 });
  await held.release();
  await (await waiting).release();
  expect(readdirSync(join(folder, 'uploads'))).toEqual(['film']);
});

test('a file that is not there is not locked, and can be', async () => {
  expect(await one.isLocked('other')).toBe(false);
  const held = await one.acquire('other');
  expect(await other.isLocked('other')).toBe(true);
  await held.release();
});

test('a failure of the disk is not taken for a lock of another process', async () => {
  rmSync(join(folder, 'uploads'), { recursive: true });
  await expect(one.tryAcquire('film')).rejects.toMatchObject({ code: 'ENOENT' });
  await expect(one.acquire('film')).rejects.toMatchObject({ code: 'ENOENT' });
});

test('a lock that cannot be removed fails its release, and leaves no place taken', async () => {
  const held = await one.acquire('film');
  writeFileSync(join(folder, 'uploads', 'film.lock', 'notes'), 'not ours');
  await expect(held.release()).rejects.toMatchObject({ code: 'ENOTEMPTY' });
  await expect(one.acquire('film', { maxHolders: 1, maxWaitMs: 0 })).rejects.toBeInstanceOf(UploadLockedError);
});

test('releasing twice changes nothing, also for the next one', async () => {
  const held = await one.acquire('film');
  await held.release();
  const next = await one.acquire('film');
  await held.release();
  expect(await other.isLocked('film')).toBe(true);
  expect(await one.tryAcquire('film')).toBeUndefined();
  await next.release();
});

test('a lock that was taken away is no longer held, and releasing it does nothing', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date'] });
  const held = await one.acquire('film');
  rmSync(join(folder, 'uploads', 'film.lock'), { recursive: true });
  // proper-lockfile checks the lock after half of ten seconds.
  await vi.advanceTimersByTimeAsync(5 * TICK_MS);
  for (let turns = 0; held.isHeld() && turns < 100_000; turns += 1) await new Promise(setImmediate);
  expect(held.isHeld()).toBe(false);
  await held.release();
  expect(readdirSync(join(folder, 'uploads'))).toEqual(['film']);
});

test('a caller who aborts while it waits for another process leaves no place taken', async () => {
  const held = await other.acquire('film');
  const controller = new AbortController();
  const waiting = one.acquire('film', { signal: controller.signal });
  controller.abort(new Error('gone'));
  await expect(waiting).rejects.toThrow('gone');
  await held.release();
  const next = await one.acquire('film', { maxHolders: 1, maxWaitMs: 0 });
  await next.release();
});

test('a holder that was suspended for so long that another took over does not end the lock of the other', async () => {
  const held = await one.acquire('film');
  // proper-lockfile dates the first lock of a process up to a second ahead.
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 12_000 });
  const taken = await other.acquire('film');
  // `isHeld` was not called before: the release finds out by itself.
  await held.release();
  expect([held.isHeld(), taken.isHeld()]).toEqual([false, true]);
  expect(readdirSync(join(folder, 'uploads'))).toEqual(['film', 'film.lock']);
  expect(await one.tryAcquire('film')).toBeUndefined();
  await taken.release();
  expect(readdirSync(join(folder, 'uploads'))).toEqual(['film']);
});

test('a holder that was suspended, and whose lock nobody took over, leaves no lock behind', async () => {
  const held = await one.acquire('film');
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + LONGEST_GAP_MS + 1 });
  expect(held.isHeld()).toBe(false);
  await held.release();
  expect(readdirSync(join(folder, 'uploads'))).toEqual(['film']);
});

test('a holder that was suspended finds out at the next tick, without a call of `isHeld`', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'] });
  const held = await one.acquire('film');
  vi.setSystemTime(Date.now() + LONGEST_GAP_MS + 1);
  vi.advanceTimersByTime(TICK_MS);
  expect(held.isHeld()).toBe(false);
  await held.release();
  expect(readdirSync(join(folder, 'uploads'))).toEqual(['film']);
});

test('a holder that was suspended, and whose lock is gone, has nothing to release', async () => {
  const held = await one.acquire('film');
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + LONGEST_GAP_MS + 1 });
  rmSync(join(folder, 'uploads', 'film.lock'), { recursive: true });
  await held.release();
  await (await one.acquire('film')).release();
});

test('a holder that was suspended for more than five seconds has lost its lock, also after the next tick', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'] });
  const held = await one.acquire('film');
  vi.advanceTimersByTime(10 * TICK_MS);
  expect(held.isHeld()).toBe(true);
  vi.setSystemTime(Date.now() + LONGEST_GAP_MS);
  expect(held.isHeld()).toBe(true);
  vi.setSystemTime(Date.now() + 1);
  expect(held.isHeld()).toBe(false);
  vi.advanceTimersByTime(TICK_MS);
  expect(held.isHeld()).toBe(false);
  await held.release();
  // No timer of a lock outlives it: it would run for ever.
  expect(vi.getTimerCount()).toBe(0);
});
