import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from '../workspace/command.ts';
import { pack } from '../workspace/packed-package.ts';
import { packagesOf } from '../workspace/workspaces.ts';

/**
 * Packs built packages as they would be published, and unpacks them side by side, where they find one another and nothing of
 * the workspace's sources. Returns the folder that holds them.
 * @throws {Error} with npm's or tar's own message
 */
export function unpackPackages(root: string, names: readonly string[]): string {
  const folder = join(root, 'temp/packed');
  rmSync(folder, { recursive: true, force: true });
  for (const name of names) {
    const workspace = packagesOf(root).find(({ manifest }) => manifest.name === name);
    if (workspace === undefined) throw new Error(`There is no package ${name}`);
    const target = join(folder, 'node_modules', name);
    mkdirSync(target, { recursive: true });
    const { tarball } = pack(root, workspace, folder);
    const { ok, output } = runCommand(folder, 'tar', ['-xzf', tarball, '--strip-components=1', '-C', target]);
    if (!ok) throw new Error(`tar of ${name}: ${output}`);
  }
  return join(folder, 'node_modules');
}
