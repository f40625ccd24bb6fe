import { rmSync } from 'node:fs';
import { onTestFinished } from 'vitest';
import { prepareFolders } from '../src/prepare-folders.ts';
import { StoreFolders } from '../src/store-folders.ts';
import { temporaryFolder } from './running-storage.ts';

/** The folders of a fresh storage, which are removed after the test. */
export function preparedFolders(): StoreFolders {
  const folder = temporaryFolder();
  const folders = new StoreFolders(folder);
  prepareFolders(folders);
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folders;
}
