import { globSync } from 'node:fs';
import { join, relative } from 'node:path';

const generated = new Set(['node_modules', 'dist', 'coverage', '.test-report', '.nx', '.git', 'temp']);

/** All files below the named folders that were not generated, relative to the root, sorted. A missing folder has none. */
export function filesBelow(root: string, folders: readonly string[]): readonly string[] {
  const patterns = folders.map((folder) => `${folder}/**`);
  return globSync(patterns, { cwd: root, withFileTypes: true, exclude: ({ name }) => generated.has(name) })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => relative(root, join(parentPath, name)))
    .sort();
}
