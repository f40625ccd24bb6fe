import { accessSync, constants, existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { ConfigurationError } from '@videostorage/core';
import { FOLDER_MODE, type StoreFolders } from './store-folders.ts';

/**
 * Makes the folders of a storage when they are missing, for its owner alone, and finds out now what would otherwise fail with the first upload.
 * @throws {ConfigurationError} whose message explains the fix
 */
export function prepareFolders(folders: Pick<StoreFolders, 'all' | 'records' | 'videos'>): void {
  const { all: paths } = folders;
  refuseLostRecords(folders);
  attempt('The folder of the storage cannot be created; choose one that this program may write to.', () => {
    for (const path of paths) {
      mkdirSync(dirname(path), { recursive: true });
      // A video that needs a grant must not be readable for the computer's other users either.
      mkdirSync(path, { recursive: true, mode: FOLDER_MODE });
    }
  });
  attempt(
    'This program may not write to the folder of the storage; give it the rights, or choose another folder.',
    () => {
      for (const path of paths) accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK);
    },
  );
  if (new Set(paths.map((path) => statSync(path).dev)).size === 1) return;
  throw new ConfigurationError(
    'The folder of the storage spans several file systems; keep uploads, claims, records and videos on one.',
  );
}

/**
 * With a new, empty folder of records no video would exist any more, and the sweep would free those that were confirmed last.
 */
function refuseLostRecords({ records, videos }: Pick<StoreFolders, 'records' | 'videos'>): void {
  if (existsSync(records) || !existsSync(videos)) return;
  // A folder that cannot be listed may hold videos.
  const found = attempt(
    '`videos` in the folder of the storage cannot be read; give this program the rights, or choose another folder.',
    () => readdirSync(videos),
  );
  if (found.length === 0) return;
  throw new ConfigurationError(
    'The folder of the storage has `videos` but no `records`, so the storage would find none of the videos; restore `records`, or choose another folder.',
  );
}

function attempt<T>(message: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    throw new ConfigurationError(message, { cause });
  }
}
