import { accessSync, constants, mkdirSync, statSync } from 'node:fs';
import { ConfigurationError } from '@videostorage/core';
import type { FolderLayout } from './folder-layout.ts';

/**
 * Makes the folders of a storage when they are missing, and finds out now what would otherwise fail with the first upload.
 * @throws {ConfigurationError} with the sentence that repairs it
 */
export function prepareFolders({
  uploads,
  staging,
  videos,
}: Pick<FolderLayout, 'uploads' | 'staging' | 'videos'>): void {
  const paths = [uploads, staging, videos];
  attempt('The folder of the storage cannot be made; choose one that this program may write to.', () => {
    for (const path of paths) mkdirSync(path, { recursive: true });
  });
  attempt(
    'This program may not write to the folder of the storage; give it the rights, or choose another folder.',
    () => {
      for (const path of paths) accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK);
    },
  );
  if (new Set(paths.map((path) => statSync(path).dev)).size === 1) return;
  throw new ConfigurationError(
    'The folder of the storage spans several file systems; keep its uploads, staging and videos on one.',
  );
}

function attempt(message: string, work: () => void): void {
  try {
    work();
  } catch (cause) {
    throw new ConfigurationError(message, { cause });
  }
}
