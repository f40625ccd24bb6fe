import { workspaceRoot } from '../workspace/workspace-root.ts';
import { browserEntries } from './browser-entries.ts';
import { bundleLeaks } from './bundle-leaks.ts';

let leaks = 0;
for (const entry of browserEntries) {
  const found = await bundleLeaks(workspaceRoot, entry);
  leaks += found.length;
  for (const { module, message } of found) console.error(`${entry.file} (${entry.runsIn}): ${module} ${message}`);
}
console.log(
  leaks === 0 ? `check-bundles: ${browserEntries.length} bundles are clean` : `check-bundles: ${leaks} leaks`,
);
process.exitCode = leaks === 0 ? 0 : 1;
