import { existsSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ManualClock } from '@videostorage/testing';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { fileError } from '../test-support/failing-files.ts';
import { temporaryFolder } from '../test-support/running-storage.ts';
import { Disk } from './disk.ts';
import { type FileFunctions, nodeFileFunctions } from './file-functions.ts';

const fails = (code: string) => () => Promise.reject(fileError(code));
let folder: string;
let path: string;
let other: string;
let clock: ManualClock;
beforeEach(() => {
  folder = temporaryFolder();
  mkdirSync(folder, { recursive: true });
  [path, other] = [join(folder, 'one'), join(folder, 'other')];
  clock = new ManualClock();
});
afterEach(() => rmSync(folder, { recursive: true }));

const diskOver = (over: Partial<FileFunctions> = {}) => new Disk({ ...nodeFileFunctions, ...over }, clock);
/** Opens as usual, and lets the test see and change what happens to the open file. */
function opening(calls: string[], failing?: 'sync' | 'utimes' | 'writeFile'): Partial<FileFunctions> {
  const open: FileFunctions['open'] = async (...args) => {
    const handle = await nodeFileFunctions.open(...args);
    for (const name of ['sync', 'utimes', 'writeFile', 'close'] as const) {
      const work: (...given: never[]) => Promise<void> = handle[name].bind(handle);
      const watched = async (...given: never[]) => {
        calls.push(name);
        if (name === failing) throw fileError('EIO');
        return work(...given);
      };
      Object.assign(handle, { [name]: watched });
    }
    return handle;
  };
  return { open };
}

test('a plain file has facts, with a time by the storage’s clock; a missing file, a folder or a link has none', async () => {
  expect(await diskOver().facts(path)).toBeUndefined();
  await diskOver().write(path, 'é');
  const modifiedAtMs = expect.closeTo(clock.now(), 1);
  expect(await diskOver().facts(path)).toEqual({ sizeBytes: 2, modifiedAtMs });
  symlinkSync(path, other);
  expect([await diskOver().facts(folder), await diskOver().facts(other)]).toEqual([undefined, undefined]);
  await expect(diskOver({ lstat: fails('EIO') }).facts(path)).rejects.toMatchObject({ code: 'EIO' });
});

describe('a file that is written', () => {
  test('is new, private, synced, and closed', async () => {
    const calls: string[] = [];
    await diskOver(opening(calls)).write(path, 'text');
    expect([readFileSync(path, 'utf8'), statSync(path).mode & 0o777]).toEqual(['text', 0o600]);
    expect(calls).toEqual(['writeFile', 'utimes', 'sync', 'close']);
    await expect(diskOver().write(path, 'more')).rejects.toMatchObject({ code: 'EEXIST' });
    expect(readFileSync(path, 'utf8')).toBe('text');
  });

  test.each(['writeFile', 'utimes', 'sync'] as const)(
    'does not exist when %s fails, and is closed',
    async (failing) => {
      const calls: string[] = [];
      await expect(diskOver(opening(calls, failing)).write(path, 'text')).rejects.toMatchObject({ code: 'EIO' });
      expect([existsSync(path), calls.at(-1)]).toEqual([false, 'close']);
    },
  );
});

describe('a file that is touched', () => {
  test('is created, or keeps its bytes and gets a new time', async () => {
    await diskOver().touch(path);
    expect(readFileSync(path, 'utf8')).toBe('');
    writeFileSync(path, 'text');
    clock.advance(1000);
    const calls: string[] = [];
    await diskOver(opening(calls)).touch(path);
    expect([readFileSync(path, 'utf8'), statSync(path).mtimeMs]).toEqual(['text', expect.closeTo(clock.now(), 1)]);
    expect([statSync(path).mode & 0o777, calls]).toEqual([0o600, ['utimes', 'close']]);
  });

  test('is closed when that fails', async () => {
    const calls: string[] = [];
    await expect(diskOver(opening(calls, 'utimes')).touch(path)).rejects.toMatchObject({ code: 'EIO' });
    expect(calls).toEqual(['utimes', 'close']);
  });
});

test.each(['sync', 'syncFolder'] as const)('%s syncs and closes, also when it fails', async (name) => {
  writeFileSync(path, 'text');
  const of = name === 'sync' ? path : folder;
  const calls: string[] = [];
  await diskOver(opening(calls))[name](of);
  expect(calls).toEqual(['sync', 'close']);
  await expect(diskOver(opening(calls, 'sync'))[name](of)).rejects.toMatchObject({ code: 'EIO' });
  expect(calls.slice(2)).toEqual(['sync', 'close']);
});

describe('a second name', () => {
  const draft = () => join(folder, 'draft');
  beforeEach(() => writeFileSync(path, 'text'));

  test('is a link to the same bytes', async () => {
    expect(await diskOver().linkOrCopy(path, other, draft())).toBe(true);
    expect(statSync(other).ino).toBe(statSync(path).ino);
    expect(await diskOver().linkOrCopy(path, other, draft())).toBe(false);
  });

  test('is a copy that was synced, where links are refused', async () => {
    const calls: string[] = [];
    const files = { ...opening(calls), link: fails('EPERM') };
    expect(await diskOver(files).linkOrCopy(path, other, draft())).toBe(true);
    expect([readFileSync(other, 'utf8'), existsSync(draft())]).toEqual(['text', false]);
    expect(statSync(other).ino).not.toBe(statSync(path).ino);
    expect(calls).toEqual(['sync', 'close']);
  });

  test.each([
    ['the link', { link: fails('EIO') }],
    ['the copy', { link: fails('EPERM'), copyFile: fails('EIO') }],
    ['the rename', { link: fails('EPERM'), rename: fails('EIO') }],
  ])('does not exist when %s fails, and neither does a draft', async (_name, files) => {
    await expect(diskOver(files).linkOrCopy(path, other, draft())).rejects.toMatchObject({ code: 'EIO' });
    expect([existsSync(other), existsSync(draft())]).toEqual([false, false]);
  });
});

test('a file is removed, a folder with its contents too, and a missing file is no error', async () => {
  const below = join(folder, 'below');
  mkdirSync(below);
  writeFileSync(join(below, 'one'), '');
  writeFileSync(path, '');
  for (const each of [below, path, other]) await diskOver().remove(each);
  expect([existsSync(below), existsSync(path)]).toEqual([false, false]);
});
