import { type PackageLock, packageLock } from './package-lock.ts';

/**
 * The lock file of a project outside the workspace: its dependencies are installed in the versions that are locked here, so
 * that a new version cannot change the result of a check. npm omits packages that it does not need. The packages of the
 * workspace come as tarballs.
 */
export function consumerLock(root: string): PackageLock {
  const { lockfileVersion, packages } = packageLock(root);
  const entries = Object.entries(packages).filter(([path, { link }]) => path.startsWith('node_modules/') && !link);
  return { lockfileVersion, packages: Object.fromEntries(entries) };
}
