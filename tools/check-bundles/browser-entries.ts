import { join } from 'node:path';
import { exportEntriesOf } from '../workspace/export-entries.ts';
import { workspaceRoot } from '../workspace/workspace-root.ts';
import { packagesOf } from '../workspace/workspaces.ts';

/** An entry through which our code gets into a browser or a worker. */
export interface BrowserEntry {
  /** The file, relative to the root. */
  readonly file: string;
  /** Where it runs. A worker is a server: it may hold secrets, but nothing of Node. */
  readonly runsIn: 'browser' | 'worker';
}

/** All that these export is for browsers; core for workers too. */
const packagesForBrowsers = new Set(['packages/core', 'packages/uploader', 'packages/player']);
const filesForWorkers = [
  'packages/core/src/index.ts',
  'packages/service/src/index.ts',
  ...['packages/http/src/index.ts', 'packages/http/src/hono.ts', 'packages/http/src/next.ts'],
  'packages/cloudflare-stream/src/index.ts',
];

/** Every entry that a browser or an edge worker may load. Their packages say so in their READMEs. */
export const browserEntries: readonly BrowserEntry[] = [
  ...packagesOf(workspaceRoot)
    .filter(({ folder }) => packagesForBrowsers.has(folder))
    .flatMap(({ folder, manifest }) =>
      exportEntriesOf(manifest).map(
        ({ source = '' }): BrowserEntry => ({ file: join(folder, source), runsIn: 'browser' }),
      ),
    ),
  ...filesForWorkers.map((file): BrowserEntry => ({ file, runsIn: 'worker' })),
];
