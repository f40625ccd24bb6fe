import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Workspace } from '../workspace/workspaces.ts';
import type { RepositoryProblem } from './repository-problem.ts';

interface LockedPackage {
  readonly version?: string;
  readonly link?: boolean;
  readonly dev?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
}

/** One copy in the tree of all that our packages depend on, and of every AWS client; presigned POST fits the S3 client. */
export function checkSdkCopies(root: string, packages: readonly Workspace[]): readonly RepositoryProblem[] {
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    readonly packages: Readonly<Record<string, LockedPackage>>;
  };
  const shipped = Object.entries(lock.packages).filter(([path, entry]) => path.includes('node_modules/') && !entry.dev);
  const direct = new Set(packages.flatMap(({ manifest }) => Object.keys(manifest.dependencies ?? {})));
  const copies = Map.groupBy(shipped, ([path]) => path.slice(path.lastIndexOf('node_modules/') + 13));
  const doubled = [...copies]
    .filter(([name, places]) => places.length > 1 && (direct.has(name) || /^@aws-sdk\/.*client-/.test(name)))
    .map(([name, places]) => ({
      where: 'package-lock.json',
      message: `${name} is there ${places.length} times: ${places.map(describe).join(', ')}`,
    }));
  return [...doubled, ...checkPresignedPost(lock.packages)];
}

function describe([path, { version }]: readonly [string, LockedPackage]): string {
  return `${version ?? 'link'} (${path})`;
}

function checkPresignedPost(locked: Readonly<Record<string, LockedPackage>>): readonly RepositoryProblem[] {
  const wanted = locked['node_modules/@aws-sdk/s3-presigned-post']?.dependencies?.['@aws-sdk/client-s3'];
  const found = locked['node_modules/@aws-sdk/client-s3']?.version;
  if (wanted === undefined || wanted === found) return [];
  const message = `@aws-sdk/s3-presigned-post wants @aws-sdk/client-s3 ${wanted}, the tree has ${found ?? 'none'}`;
  return [{ where: 'package-lock.json', message }];
}
