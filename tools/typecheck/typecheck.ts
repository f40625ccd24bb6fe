// Checks the types of all workspaces: `npm run typecheck`. Those with equal settings are one program, so that shared files,
// above all the platform's types, are read and checked once. `npx tsc -p packages/core` checks one alone, with TypeScript 6.
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { workspaceRoot as root } from '../workspace/workspace-root.ts';
import { typecheckGroups } from './typecheck-groups.ts';

const compiler = join(root, 'tools/typescript-7/node_modules/typescript/bin/tsc');
const folder = join(root, 'temp/typecheck');
mkdirSync(folder, { recursive: true });
for (const { projects, files } of typecheckGroups(root)) {
  const startMs = performance.now();
  const [first = ''] = projects;
  const group = join(folder, first.replaceAll('/', '-'));
  writeFileSync(group, JSON.stringify({ extends: join(root, first), include: [], files }));
  const { status } = spawnSync(process.execPath, [compiler, '-p', group], { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exitCode = 1;
  console.log(`${((performance.now() - startMs) / 1000).toFixed(1)} s  ${projects.join(', ')}`);
}
