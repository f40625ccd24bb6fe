import { chownSync, mkdtempSync, realpathSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { ProcessIds } from './unprivileged-user.ts';

const othersMayEnter = 0o001;

/**
 * A new folder for temporary data that belongs to another user. The system's temporary folder is used when `TMPDIR` is below
 * a private folder, which that user cannot enter.
 */
export function openFolder(prefix: string, { uid, gid }: ProcessIds): string {
  const parent = uid === undefined || canPass(tmpdir()) ? tmpdir() : '/tmp';
  const folder = mkdtempSync(join(parent, `${prefix}-`));
  if (uid !== undefined && gid !== undefined) chownSync(folder, uid, gid);
  return folder;
}

function canPass(folder: string): boolean {
  const path = realpathSync(folder);
  const isOpen = (statSync(path).mode & othersMayEnter) !== 0;
  return isOpen && (path === dirname(path) || canPass(dirname(path)));
}
