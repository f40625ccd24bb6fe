import { packageLock } from '../workspace/package-lock.ts';
import type { Workspace } from '../workspace/workspaces.ts';
import type { RepositoryProblem } from './repository-problem.ts';

/**
 * The tree has one copy of each dependency of our packages, and of every AWS client: a client of one copy of
 * `@aws-sdk/client-s3` does not work with `@aws-sdk/s3-presigned-post` of another.
 */
export function checkSdkCopies(root: string, packages: readonly Workspace[]): readonly RepositoryProblem[] {
  const shipped = Object.entries(packageLock(root).packages).filter(
    ([path, entry]) => path.includes('node_modules/') && !entry.dev,
  );
  const direct = new Set(packages.flatMap(({ manifest }) => Object.keys(manifest.dependencies ?? {})));
  const copies = Map.groupBy(shipped, ([path]) => path.slice(path.lastIndexOf('node_modules/') + 13));
  return [...copies]
    .filter(([name, places]) => places.length > 1 && (direct.has(name) || /^@aws-sdk\/.*client-/.test(name)))
    .map(([name, places]) => ({
      where: 'package-lock.json',
      message: `${name} is there ${places.length} times: ${places.map(([path, { version = 'link' }]) => `${version} (${path})`).join(', ')}`,
    }));
}
