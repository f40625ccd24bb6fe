import { readdirSync, writeFileSync } from 'node:fs';
import { ManualClock } from '@videostorage/testing';
import { beforeEach, describe, expect, test } from 'vitest';
import { fileError } from '../test-support/failing-files.ts';
import { preparedFolders } from '../test-support/prepared-folders.ts';
import { Disk } from './disk.ts';
import { DocumentFiles } from './document-files.ts';
import { type FileFunctions, nodeFileFunctions } from './file-functions.ts';
import type { StoreFolders } from './store-folders.ts';

const keyOf = (digit: string) => `records/${digit.repeat(32)}.json`;
const [A, B, C] = [keyOf('a'), keyOf('b'), keyOf('c')];
const fails = (code: string) => () => Promise.reject(fileError(code));
/** A file system without hard links, where a document is a folder. */
const noLinks = { link: fails('EPERM') };
let folders: StoreFolders;
beforeEach(() => {
  folders = preparedFolders();
});

const documentsOver = (over: Partial<FileFunctions> = {}) => {
  const files = { ...nodeFileFunctions, ...over };
  return new DocumentFiles(files, new Disk(files, new ManualClock()), folders);
};
const drafts = () => readdirSync(folders.uploads);

describe.each([
  ['with links', {}],
  ['without links', noLinks],
])('a document of a file system %s', (_name, over) => {
  test('is created once, read, overwritten and removed', async () => {
    const documents = documentsOver(over);
    expect(await documents.read(A)).toBeUndefined();
    expect(await documents.create(A, 'one')).toBe(true);
    expect(await documents.create(A, 'two')).toBe(false);
    expect(await documents.read(A)).toBe('one');
    await documents.write(A, 'three');
    expect(await documents.read(A)).toBe('three');
    await documents.remove(A);
    expect(await documents.read(A)).toBeUndefined();
    expect(drafts()).toEqual([]);
  });

  test('has at most 64 KiB', async () => {
    const documents = documentsOver(over);
    await documents.create(A, 'x'.repeat(65_536));
    expect(await documents.read(A)).toHaveLength(65_536);
    await documents.write(A, 'x'.repeat(65_537));
    const message = expect.stringContaining('is larger than any that the storage writes; restore it');
    await expect(documents.read(A)).rejects.toMatchObject({ code: 'BACKEND_BAD_RESPONSE', message });
  });

  test('is not treated as absent when the disk fails to read it', async () => {
    await documentsOver(over).create(A, 'one');
    await expect(documentsOver({ ...over, readFile: fails('EIO') }).read(A)).rejects.toMatchObject({ code: 'EIO' });
  });
});

test('a document whose folder a crash left empty is absent', async () => {
  await nodeFileFunctions.mkdir(folders.path(A));
  expect(await documentsOver().read(A)).toBeUndefined();
});

test.each([
  ['the link', { link: fails('EIO') }],
  ['the folder’s rename', { ...noLinks, rename: fails('EIO') }],
])('a failure of %s creates nothing, and leaves nothing', async (_name, over) => {
  await expect(documentsOver(over).create(A, 'one')).rejects.toMatchObject({ code: 'EIO' });
  expect(readdirSync(folders.records)).toEqual([]);
  expect(drafts()).toEqual([]);
});

describe('a list', () => {
  const keysOf = async (documents: DocumentFiles, limit: number, after?: string) => {
    const { keys, more } = await documents.list('records/', { limit, after });
    return [keys.map(({ key }) => key), more];
  };
  beforeEach(async () => {
    for (const key of [C, A, B]) await documentsOver().create(key, key);
  });
  /** File functions for which these documents are gone after the folder was listed, before each document is read. */
  const removing = (...gone: readonly string[]): Partial<FileFunctions> => {
    const paths = gone.map((key) => folders.path(key));
    const lstat = (path: string) => (paths.includes(path) ? fails('ENOENT')() : nodeFileFunctions.lstat(path));
    return { lstat: Object.assign(lstat) };
  };

  test('is sorted, whatever order the disk has, and contains only documents', async () => {
    writeFileSync(`${folders.records}/notes.txt`, 'not ours');
    const readdir = async (path: string) => (await nodeFileFunctions.readdir(path)).sort().reverse();
    const documents = documentsOver({ readdir: Object.assign(readdir) });
    expect(await keysOf(documents, 3)).toEqual([[A, B, C], false]);
    expect(await keysOf(documents, 2)).toEqual([[A, B], true]);
    expect(await keysOf(documents, 2, B)).toEqual([[C], false]);
  });

  test('leaves out what was removed while it was read', async () => {
    expect(await keysOf(documentsOver(removing(A)), 2)).toEqual([[B], true]);
    expect(await keysOf(documentsOver(removing(A, B)), 2)).toEqual([[C], false]);
    expect(await keysOf(documentsOver(removing(A, B, C)), 3)).toEqual([[], false]);
  });

  test('fails when the disk fails', async () => {
    await expect(keysOf(documentsOver({ lstat: fails('EIO') }), 2)).rejects.toMatchObject({ code: 'EIO' });
  });
});
