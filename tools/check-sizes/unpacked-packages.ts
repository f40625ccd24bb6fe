import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from '../workspace/command.ts';
import { packAll } from '../workspace/packed-package.ts';
import { packagesOf } from '../workspace/workspaces.ts';

/**
 * Packs built packages as they would be published, and unpacks them into one folder, where they resolve one another and
 * nothing of the workspace's sources. Returns the folder that holds them.
 * @throws {Error} with npm's or tar's own message
 */
export function unpackPackages(root: string, names: readonly string[]): string {
  const folder = join(root, 'temp/packed');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const packages = packagesOf(root).filter(({ manifest }) => names.includes(manifest.name));
  if (packages.length < names.length) throw new Error(`There are not all of ${names.join(', ')}`);
  for (const { manifest, tarball } of packAll(root, packages, folder)) {
    const target = join(folder, 'node_modules', manifest.name);
    mkdirSync(target, { recursive: true });
    const { ok, output } = runCommand(folder, 'tar', ['-xzf', tarball, '--strip-components=1', '-C', target]);
    if (!ok) throw new Error(`tar of ${manifest.name}: ${output}`);
  }
  return join(folder, 'node_modules');
}
