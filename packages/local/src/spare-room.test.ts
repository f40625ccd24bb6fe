import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { ManualClock } from '@videostorage/testing';
import { beforeEach, expect, test } from 'vitest';
import { fileError } from '../test-support/failing-files.ts';
import { preparedFolders } from '../test-support/prepared-folders.ts';
import { Disk } from './disk.ts';
import { type FileFunctions, nodeFileFunctions } from './file-functions.ts';
import { SpareRoom } from './spare-room.ts';
import type { StoreFolders } from './store-folders.ts';

const key = `records/${'0'.repeat(32)}.json`;
const broken = () => Promise.reject(fileError('EIO', 'rename'));
const clock = new ManualClock({ nowMs: Date.parse('2026-11-23T10:00:00Z') });
let folders: StoreFolders;
beforeEach(() => {
  folders = preparedFolders();
});

const roomOver = (over: Partial<FileFunctions> = {}) => {
  const files = { ...nodeFileFunctions, ...over };
  return new SpareRoom(files, new Disk(files, clock), folders);
};

test('space is reserved once, and stays as it is', async () => {
  const room = roomOver();
  await room.take(folders.draft(key));
  const { size, ino } = statSync(folders.spare);
  expect(size).toBe(4096);
  await room.take(folders.draft(key));
  expect(statSync(folders.spare).ino).toBe(ino);
});

test('a reserve of another size, as after a crash of the computer, is not used and is made again', async () => {
  writeFileSync(folders.spare, '');
  await roomOver().take(folders.draft(key));
  expect(statSync(folders.spare).size).toBe(4096);
});

test.each([
  ['a few bytes', '{"a":"é"}', true],
  ['as much as there is', 'x'.repeat(4096), true],
  ['a byte more than there is, in as many letters', `${'x'.repeat(4095)}é`, false],
  ['more than there is', 'x'.repeat(4097), false],
])('%s are written into it, or none are', async (_name, text, fits) => {
  const room = roomOver();
  await room.take(folders.draft(key));
  const path = folders.draft(key);
  expect(await room.give(path, text)).toBe(fits);
  expect(existsSync(path) ? readFileSync(path, 'utf8') : undefined).toBe(fits ? text : undefined);
  expect(existsSync(folders.spare)).toBe(!fits);
});

test('the reserve can be used only once', async () => {
  const room = roomOver();
  await room.take(folders.draft(key));
  expect(await room.give(folders.draft(key), 'one')).toBe(true);
  expect(await room.give(folders.draft(key), 'two')).toBe(false);
});

test('the written file has the time of the storage’s clock, which the sweep compares with', async () => {
  const room = roomOver();
  await room.take(folders.draft(key));
  const path = folders.draft(key);
  expect(await room.give(path, 'one')).toBe(true);
  expect(statSync(path).mtimeMs).toBeCloseTo(clock.now(), 1);
});

test('a disk without space for overwriting either, such as one that copies on write, leaves no draft', async () => {
  await roomOver().take(folders.draft(key));
  const open: FileFunctions['open'] = async (...args) => {
    const handle = await nodeFileFunctions.open(...args);
    handle.write = () => Promise.reject(fileError('ENOSPC', 'write'));
    return handle;
  };
  await expect(roomOver({ open }).give(folders.draft(key), 'one')).rejects.toMatchObject({ code: 'ENOSPC' });
  expect(folders.all.flatMap((path) => readdirSync(path))).toEqual([]);
});

test('the whole text is written, even when the disk writes less at a time than it was asked to', async () => {
  await roomOver().take(folders.draft(key));
  const open: FileFunctions['open'] = async (...args) => {
    const handle = await nodeFileFunctions.open(...args);
    const write = handle.write.bind(handle);
    const little = (bytes: Uint8Array, from: number, _length: number, at: number) => write(bytes, from, 1, at);
    return Object.assign(handle, { write: little });
  };
  const path = folders.draft(key);
  expect(await roomOver({ open }).give(path, '{"a":"é"}')).toBe(true);
  expect(readFileSync(path, 'utf8')).toBe('{"a":"é"}');
});

test('a reserve that cannot be opened any more leaves no draft', async () => {
  await roomOver().take(folders.draft(key));
  const open = () => Promise.reject(fileError('EMFILE', 'open'));
  await expect(roomOver({ open }).give(folders.draft(key), 'one')).rejects.toMatchObject({ code: 'EMFILE' });
  expect(folders.all.flatMap((path) => readdirSync(path))).toEqual([]);
});

test('any other failure of the disk is rethrown, and leaves no draft', async () => {
  await expect(roomOver({ rename: broken }).take(folders.draft(key))).rejects.toMatchObject({ code: 'EIO' });
  expect(folders.all.flatMap((path) => readdirSync(path))).toEqual([]);
  await roomOver().take(folders.draft(key));
  await expect(roomOver({ rename: broken }).give(folders.draft(key), 'one')).rejects.toMatchObject({ code: 'EIO' });
});
