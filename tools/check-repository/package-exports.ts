import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { type ExportEntry, exportEntriesOf, sourceCondition } from '../workspace/export-entries.ts';
import type { Workspace } from '../workspace/workspaces.ts';
import type { RepositoryProblem } from './repository-problem.ts';

/** Each door of a package names its source first, then ESM and CJS, each with its types first. */
export function checkPackageExports(root: string, { folder, manifest }: Workspace): readonly RepositoryProblem[] {
  const where = `${folder}/package.json`;
  const entries = exportEntriesOf(manifest);
  const assets = Object.entries(manifest.exports ?? {}).filter(([, target]) => typeof target === 'string');
  const wrong = [
    ...(entries.some(({ subpath }) => subpath === '.') ? [] : ['"exports" lacks the entry "."']),
    ...(manifest.exports?.['./package.json'] === './package.json' ? [] : ['"exports" lacks "./package.json"']),
    ...entries.flatMap((entry) => wrongEntry(join(root, folder), entry)),
    ...assets
      .filter(([, target]) => !existsSync(join(root, folder, String(target))))
      .map(([subpath, target]) => `export "${subpath}" leads to ${target}, which is not there`),
  ];
  return wrong.map((message) => ({ where, message }));
}

function wrongEntry(packageFolder: string, { subpath, source, conditions }: ExportEntry): readonly string[] {
  if (source === undefined || Object.keys(conditions)[0] !== sourceCondition) {
    return [`export "${subpath}" must have "${sourceCondition}" as its first condition`];
  }
  if (!/^\.\/src\/[\w/-]+\.ts$/.test(source) || !existsSync(join(packageFolder, source))) {
    return [`export "${subpath}" leads to the source ${source}, which is not there`];
  }
  const built = source.replace('./src/', './dist/').replace(/\.ts$/, '');
  return [
    ...wrongCondition(subpath, 'import', conditions, { types: `${built}.d.ts`, default: `${built}.js` }),
    ...wrongCondition(subpath, 'require', conditions, { types: `${built}.d.cts`, default: `${built}.cjs` }),
  ];
}

function wrongCondition(
  subpath: string,
  condition: 'import' | 'require',
  conditions: ExportEntry['conditions'],
  expected: { readonly types: string; readonly default: string },
): readonly string[] {
  const found = conditions[condition];
  const sameOrder = typeof found === 'object' && found !== null && Object.keys(found)[0] === 'types';
  if (sameOrder && isDeepStrictEqual(found, expected)) return [];
  return [`"${condition}" of export "${subpath}" must be ${JSON.stringify(expected)}, not ${JSON.stringify(found)}`];
}
