import type { PackageManifest } from './workspaces.ts';

/** The condition under which a workspace resolves to its source. */
export const sourceCondition = '@videostorage/source';

/** One entry of a package's `exports`. */
export interface ExportEntry {
  /** `.` or `./subpath`. */
  readonly subpath: string;
  /** The TypeScript file behind the source condition, relative to the package; absent when the entry has none. */
  readonly source?: string;
  /** The conditions of the entry, as in package.json. */
  readonly conditions: Readonly<Record<string, unknown>>;
}

/** The entries with code: all of `exports` except plain files (`./package.json`). */
export function exportEntriesOf(manifest: PackageManifest): readonly ExportEntry[] {
  return Object.entries(manifest.exports ?? {}).flatMap(([subpath, target]) => {
    if (typeof target !== 'object' || target === null) return [];
    const conditions = target as Record<string, unknown>;
    const source = conditions[sourceCondition];
    return [{ subpath, conditions, ...(typeof source === 'string' && { source }) }];
  });
}
