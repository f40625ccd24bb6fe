import { type PackageLock, packageLock } from './package-lock.ts';

/**
 * The lock file of a project outside the workspace: whatever it needs is installed in the version that is locked here, so that a
 * version published today cannot change what a check says. What it does not need npm leaves out. The packages of the workspace
 * come as tarballs.
 */
export function consumerLock(root: string): PackageLock {
  const { lockfileVersion, packages } = packageLock(root);
  const entries = Object.entries(packages).filter(([path, { link }]) => path.startsWith('node_modules/') && !link);
  return { lockfileVersion, packages: Object.fromEntries(entries) };
}
