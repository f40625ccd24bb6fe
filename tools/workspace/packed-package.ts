import { join } from 'node:path';
import { runCommand } from './command.ts';
import type { Workspace } from './workspaces.ts';

/** A package as it would be published. */
export interface PackedPackage extends Workspace {
  /** The tarball, as an absolute path. */
  readonly tarball: string;
  /** What is in it, relative to the package. */
  readonly files: readonly string[];
}

/** Packs built packages into a folder, with one start of npm for all. @throws {Error} with npm's own message */
export function packAll(root: string, packages: readonly Workspace[], into: string): readonly PackedPackage[] {
  const folders = packages.map(({ folder }) => `./${folder}`);
  const { ok, output, stdout } = runCommand(root, 'npm', ['pack', '--json', '--pack-destination', into, ...folders]);
  if (!ok) throw new Error(`npm pack: ${output}`);
  const packed = JSON.parse(stdout) as readonly {
    readonly name: string;
    readonly filename: string;
    readonly files: readonly { readonly path: string }[];
  }[];
  return packages.map((workspace) => {
    const found = packed.find(({ name }) => name === workspace.manifest.name);
    if (found === undefined) throw new Error(`npm has not packed ${workspace.folder}`);
    return { ...workspace, tarball: join(into, found.filename), files: found.files.map(({ path }) => path) };
  });
}
