import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The part of a package.json that the tools read. */
export interface PackageManifest {
  readonly name: string;
  readonly version?: string;
  readonly private?: boolean;
  readonly exports?: Readonly<Record<string, unknown>>;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly [field: string]: unknown;
}

/** A package of this repository. */
export interface Workspace {
  /** Relative to the root: `packages/core`. */
  readonly folder: string;
  readonly manifest: PackageManifest;
}

/** All packages, in the order of their folders. A folder without a package.json has a manifest without a name. */
export function packagesOf(root: string): readonly Workspace[] {
  return globSync('packages/*', { cwd: root })
    .sort()
    .map((folder) => {
      const file = join(root, folder, 'package.json');
      const manifest = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as PackageManifest) : { name: '' };
      return { folder, manifest };
    });
}
