import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The part of `package-lock.json` that is read: https://docs.npmjs.com/cli/v11/configuring-npm/package-lock-json */
export interface PackageLock {
  readonly lockfileVersion: number;
  /** By their path in the tree: `node_modules/zod`, `packages/core`. */
  readonly packages: Readonly<Record<string, LockedPackage>>;
}

/** One package at its path. */
interface LockedPackage {
  readonly version?: string;
  readonly dev?: boolean;
  readonly link?: boolean;
  readonly resolved?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
}

/** The lock file of the tree at `root`. */
export function packageLock(root: string): PackageLock {
  return JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as PackageLock;
}
