import { type PackageLock, packageLock } from '../workspace/package-lock.ts';
import type { Workspace } from '../workspace/workspaces.ts';
import type { RepositoryProblem } from './repository-problem.ts';

/** The maximum number of third-party packages that installing one of ours may bring, with their dependencies. */
const budgets: Readonly<Record<string, number>> = {
  core: 0,
  media: 16,
  'object-storage': 17,
  local: 38,
  'cloudflare-stream': 4,
  's3-cloudfront': 47,
  testing: 0,
  emulators: 30,
  // tus-js-client: its dependencies for resumable uploads in Node are installed too, but no browser loads them.
  uploader: 21,
  player: 22,
};
/** For a package that is not named above. */
const usualBudget = 12;

type Locked = PackageLock['packages'];

/** T-M2: a package brings no more third-party packages than its budget; each of them could run foreign code. */
export function checkDependencyCount(root: string, packages: readonly Workspace[]): readonly RepositoryProblem[] {
  const { packages: locked } = packageLock(root);
  return packages.flatMap(({ folder }) => {
    const budget = budgets[folder.slice(folder.lastIndexOf('/') + 1)] ?? usualBudget;
    const brought = thirdPartiesOf(locked, folder);
    if (brought.length <= budget) return [];
    const message = `brings ${brought.length} third-party packages, the budget is ${budget}: ${brought.join(', ')}`;
    return [{ where: `${folder}/package.json`, message }];
  });
}

/** Names and paths of all third-party packages that `npm install` of one of our packages brings. */
export function thirdPartiesOf(locked: Locked, folder: string): readonly string[] {
  const seen = new Set([folder]);
  for (const place of seen) {
    const { dependencies, optionalDependencies, peerDependencies, peerDependenciesMeta } = locked[place] ?? {};
    const peers = Object.keys(peerDependencies ?? {}).filter((name) => peerDependenciesMeta?.[name]?.optional !== true);
    for (const name of [...Object.keys({ ...dependencies, ...optionalDependencies }), ...peers]) {
      const found = resolve(locked, place, name);
      if (found !== undefined) seen.add(locked[found]?.link === true ? String(locked[found]?.resolved) : found);
    }
  }
  return [...seen].filter((place) => place.includes('node_modules/')).sort();
}

/** Node's way: the nearest `node_modules` from the inside out. Undefined for what is not installed on this platform. */
function resolve(locked: Locked, from: string, name: string): string | undefined {
  const parts = from.split('/node_modules/');
  const folders = parts.map((_, index) => parts.slice(0, parts.length - index).join('/node_modules/'));
  return [...folders.map((folder) => `${folder}/node_modules/${name}`), `node_modules/${name}`].find(
    (place) => locked[place] !== undefined,
  );
}
