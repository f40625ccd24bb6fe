import { randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A random secret that survives restarts, so that earlier uploads and sessions remain valid. */
export async function keptSecret(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  const path = join(folder, 'secret');
  // Written to a temporary file and then linked, so that the file is always complete, even after a crash or when two
  // processes start at once.
  const written = `${path}.${randomBytes(8).toString('hex')}`;
  await writeFile(written, randomBytes(32).toString('hex'), { flag: 'wx', mode: 0o600 });
  try {
    await link(written, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await rm(written);
  }
  return readFile(path, 'utf8');
}
