import { readdirSync } from 'node:fs';
import { join } from 'node:path';

const generated = new Set(['node_modules', 'dist', 'coverage', '.test-report', '.nx', '.git', 'temp']);

/** All files below the named folders that a person wrote, relative to the root, sorted. A missing folder has none. */
export function filesBelow(root: string, folders: readonly string[]): readonly string[] {
  return folders.flatMap((folder) => [...walk(root, folder)]).sort();
}

function* walk(root: string, folder: string): Generator<string> {
  for (const entry of entriesOf(join(root, folder))) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory() && !generated.has(entry.name)) yield* walk(root, path);
    if (entry.isFile()) yield path;
  }
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}
