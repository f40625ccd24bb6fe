import { join } from 'node:path';
import { exportEntriesOf } from '../workspace/export-entries.ts';
import { packagesOf } from '../workspace/workspaces.ts';

/** An entry of a package whose API is reported. */
export interface ApiEntry {
  /** The package, relative to the root. */
  readonly folder: string;
  /** Its built declarations, as an absolute path. */
  readonly declarations: string;
  /** The file in the package's folder `api` that holds the report: `index.api.md`, `react.api.md`. */
  readonly reportName: string;
}

/** Every entry of every package, in the order of their folders. */
export function apiEntriesOf(root: string): readonly ApiEntry[] {
  return packagesOf(root).flatMap(({ folder, manifest }) =>
    exportEntriesOf(manifest).map(({ subpath, source = '' }) => ({
      folder,
      declarations: join(root, folder, source.replace(/^\.\/src\//, 'dist/').replace(/\.tsx?$/, '.d.ts')),
      reportName: `${subpath === '.' ? 'index' : subpath.slice(2).replaceAll('/', '-')}.api.md`,
    })),
  );
}
