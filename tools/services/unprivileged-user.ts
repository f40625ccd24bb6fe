import { execFileSync, type SpawnOptions } from 'node:child_process';

/** Ids that `spawn` takes; empty where we are not root: no other user is needed then. */
export type ProcessIds = Readonly<Pick<SpawnOptions, 'uid' | 'gid'>>;

/** The ids of a user under which to run what refuses root. @throws {Error} when there is no such user */
export function unprivilegedIds(user: string): ProcessIds {
  if (process.getuid?.() !== 0) return {};
  const idOf = (which: '-u' | '-g') => Number(execFileSync('id', [which, user], { encoding: 'utf8' }));
  return { uid: idOf('-u'), gid: idOf('-g') };
}
