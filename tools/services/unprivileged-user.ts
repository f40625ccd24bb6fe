import { execFileSync, type SpawnOptions } from 'node:child_process';

/** Ids that `spawn` takes; empty when this process is not root, since no other user is needed then. */
export type ProcessIds = Readonly<Pick<SpawnOptions, 'uid' | 'gid'>>;

/** The ids of a user for programs that refuse to run as root. @throws {Error} when there is no such user */
export function unprivilegedIds(user: string): ProcessIds {
  if (process.getuid?.() !== 0) return {};
  const idOf = (which: '-u' | '-g') => Number(execFileSync('id', [which, user], { encoding: 'utf8' }));
  return { uid: idOf('-u'), gid: idOf('-g') };
}
