// Bundles every entry that a browser or an edge worker may load, and finds forbidden code: `npm run check:bundles`.
import { workspaceRoot } from '../workspace/workspace-root.ts';
import { browserEntries } from './browser-entries.ts';
import { bundleLeaks } from './bundle-leaks.ts';

let leaks = 0;
for (const entry of browserEntries) {
  for (const leak of await bundleLeaks(workspaceRoot, entry)) {
    leaks += 1;
    console.error(`${entry.file} (${entry.runsIn}): ${leak}`);
  }
}
console.log(`check-bundles: ${browserEntries.length} bundles, ${leaks} leaks`);
process.exitCode = leaks === 0 ? 0 : 1;
