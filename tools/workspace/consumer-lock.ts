import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What is read of a `package-lock.json`: https://docs.npmjs.com/cli/v11/configuring-npm/package-lock-json */
export interface PackageLock {
  readonly lockfileVersion: number;
  readonly packages: Readonly<Record<string, { readonly link?: boolean }>>;
}

/**
 * The lock file of a project outside the workspace: whatever it needs is installed in the version that is locked here, so that a
 * version published today cannot change what a check says. What it does not need npm leaves out. The packages of the workspace
 * come as tarballs.
 */
export function consumerLock(root: string): PackageLock {
  const { lockfileVersion, packages }: PackageLock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  const entries = Object.entries(packages).filter(([path, { link }]) => path.startsWith('node_modules/') && !link);
  return { lockfileVersion, packages: Object.fromEntries(entries) };
}
