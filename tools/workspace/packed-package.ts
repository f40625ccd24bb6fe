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

/** Packs a built package into a folder. @throws {Error} with npm's own message */
export function pack(root: string, workspace: Workspace, into: string): PackedPackage {
  const { ok, output, stdout } = runCommand(join(root, workspace.folder), 'npm', [
    'pack',
    '--json',
    '--pack-destination',
    into,
  ]);
  if (!ok) throw new Error(`npm pack in ${workspace.folder}: ${output}`);
  const [packed] = JSON.parse(stdout) as readonly [
    { readonly filename: string; readonly files: readonly { readonly path: string }[] },
  ];
  return { ...workspace, tarball: join(into, packed.filename), files: packed.files.map(({ path }) => path) };
}
