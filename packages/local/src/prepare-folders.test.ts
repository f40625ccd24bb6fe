import { execFile } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ConfigurationError } from '@videostorage/core';
import { afterAll, expect, test } from 'vitest';
import { temporaryFolder } from '../test-support/running-storage.ts';
import { prepareFolders } from './prepare-folders.ts';
import { StoreFolders } from './store-folders.ts';

const MEMORY = '/dev/shm';
const NOBODY = 65_534;
const folder = temporaryFolder();
const removed = [folder];
afterAll(() => {
  for (const path of removed) rmSync(path, { recursive: true });
});
const hasTwoFileSystems = existsSync(MEMORY) && statSync(MEMORY).dev !== statSync(folder).dev;

test('making them again is no error', () => {
  const layout = new StoreFolders(join(folder, 'twice'));
  prepareFolders(layout);
  prepareFolders(layout);
  expect(existsSync(layout.videos)).toBe(true);
});

test.skipIf(process.getuid === undefined)(
  'new ones are for their owner alone; those that are there stay as they are',
  () => {
    const layout = new StoreFolders(join(folder, 'private'));
    mkdirSync(join(folder, 'private'));
    mkdirSync(layout.videos);
    chmodSync(layout.videos, 0o750);
    prepareFolders(layout);
    const modes = [layout.uploads, layout.claims, layout.records, layout.videos].map(
      (path) => statSync(path).mode & 0o777,
    );
    expect(modes).toEqual([0o700, 0o700, 0o700, 0o750]);
  },
);

test('videos without a folder of records are refused, and no new folder of records is made', () => {
  const layout = new StoreFolders(join(folder, 'lost'));
  prepareFolders(layout);
  rmSync(layout.records, { recursive: true });
  prepareFolders(layout);
  mkdirSync(join(layout.videos, 'a'.repeat(32)));
  prepareFolders(layout);
  rmSync(layout.records, { recursive: true });
  expect(() => prepareFolders(layout)).toThrow(ConfigurationError);
  expect(() => prepareFolders(layout)).toThrow('restore `records`');
  expect(existsSync(layout.records)).toBe(false);
});

test('a folder of videos that cannot be listed is not treated as empty: it is refused with the fix, and nothing is made', () => {
  const layout = new StoreFolders(join(folder, 'unread'));
  mkdirSync(join(folder, 'unread'));
  writeFileSync(layout.videos, '');
  expect(() => prepareFolders(layout)).toThrow(
    expect.objectContaining({
      ...{
        code: 'MISCONFIGURED',
        message: expect.stringContaining('`videos` in the folder of the storage cannot be read'),
      },
      cause: expect.objectContaining({ code: 'ENOTDIR' }),
    }),
  );
  expect(readdirSync(join(folder, 'unread'))).toEqual(['videos']);
});

test.skipIf(!hasTwoFileSystems)('a folder that spans two file systems is refused: a rename would fail there', () => {
  const elsewhere = mkdtempSync(join(MEMORY, 'videostorage-local-'));
  removed.push(elsewhere);
  const layout = new StoreFolders(join(folder, 'spanning'));
  mkdirSync(join(folder, 'spanning'));
  symlinkSync(elsewhere, layout.videos);
  expect(() => prepareFolders(layout)).toThrow(ConfigurationError);
  expect(() => prepareFolders(layout)).toThrow('keep uploads, claims, records and videos on one');
});

test.skipIf(process.getuid === undefined)('a folder that is there and may not be written to is refused', async () => {
  const readOnly = join(folder, 'read-only');
  const layout = new StoreFolders(readOnly);
  prepareFolders(layout);
  chmodSync(layout.videos, 0o555);
  for (const path of [layout.uploads, layout.claims, layout.records]) chmodSync(path, 0o777);
  // Root may write everywhere, so the program changes to the user nobody: after it has loaded the sources, and with paths
  // relative to where it stands, since repository and folder may both be below one that is closed to others.
  const program = `
    const { prepareFolders } = await import(${JSON.stringify(new URL('./prepare-folders.ts', import.meta.url).href)});
    if (process.getuid() === 0) {
      process.setgroups([]);
      process.setgid(${NOBODY});
      process.setuid(${NOBODY});
    }
    try { prepareFolders({ all: ['uploads', 'claims', 'records', 'videos'], records: 'records', videos: 'videos' }); } catch (error) { console.log(error.code, error.message); }
  `;
  const args = ['--conditions=@videostorage/source', '--no-warnings', '--input-type=module', '--eval', program];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: readOnly });
  expect(stdout.trim()).toBe(
    'MISCONFIGURED This program may not write to the folder of the storage; give it the rights, or choose another folder.',
  );
});
