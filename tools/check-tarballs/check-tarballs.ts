// What publint and attw find in each package as it would be published, after a build.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from '../workspace/command.ts';
import { packAll } from '../workspace/packed-package.ts';
import { workspaceRoot as root } from '../workspace/workspace-root.ts';
import { packagesOf } from '../workspace/workspaces.ts';

const programs = [
  ['publint', '--strict'],
  // Node 22 and every bundler read `exports`: the resolution of Node 10, which does not, is left out.
  ['attw', '--profile', 'node16'],
] as const;

const folder = mkdtempSync(join(tmpdir(), 'check-tarballs-'));
let failures = 0;
try {
  for (const { manifest, tarball } of packAll(root, packagesOf(root), folder)) {
    for (const [program, ...args] of programs) {
      const file = join(root, 'node_modules/.bin', program);
      const { ok, output } = runCommand(folder, process.execPath, [file, ...args, tarball]);
      console.log(`${ok ? 'ok' : 'FAILED'}  ${program} ${manifest.name}`);
      if (ok) continue;
      failures += 1;
      console.error(output);
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
console.log(`check-tarballs: ${failures} failures`);
process.exitCode = failures === 0 ? 0 : 1;
