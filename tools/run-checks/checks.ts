import { globSync } from 'node:fs';

/** A program that says by its exit code whether something holds. */
export interface Check {
  readonly name: string;
  /** A JavaScript or TypeScript file, relative to the root. */
  readonly file: string;
  readonly args: readonly string[];
  /** The folder to run it in, relative to the root. Default the root. */
  readonly folder?: string;
  /** True where it looks at what was built. */
  readonly needsBuild?: boolean;
  readonly environment?: Readonly<Record<string, string>>;
}

/**
 * All checks of the tree at `root` but the tests, in their order. Mutants of what changed are among them where `MUTANTS_BASE`
 * names a commit to compare with: they take up to ten minutes more.
 */
export function checksOf(root: string, mutantsBase = process.env['MUTANTS_BASE']): readonly Check[] {
  const nx = (target: string): Check => ({
    name: target,
    file: 'node_modules/.bin/nx',
    args: ['run-many', '-t', target, '--output-style=static'],
  });
  const folders = globSync('packages/*', { cwd: root }).sort();
  const sources = globSync(['packages/*/src', 'examples/*/src'], { cwd: root }).sort();
  const ofPackage = folders.flatMap((folder): readonly Check[] => [
    { name: `publint ${folder}`, file: 'node_modules/.bin/publint', args: ['--strict'], folder, needsBuild: true },
    // Node 22 and every bundler read `exports`: the resolution of Node 10, which does not, is left out.
    {
      name: `attw ${folder}`,
      file: 'node_modules/.bin/attw',
      args: ['--pack', '.', '--profile', 'node16'],
      folder,
      needsBuild: true,
    },
  ]);
  return [
    { name: 'biome', file: 'node_modules/.bin/biome', args: ['check', '--error-on-warnings', '.'] },
    { name: 'dependency-cruiser', file: 'node_modules/.bin/depcruise', args: sources },
    { name: 'knip', file: 'node_modules/.bin/knip', args: ['--no-config-hints'] },
    // npm comes with Node: no manager of package managers is named.
    { name: 'sherif', file: 'node_modules/.bin/sherif', args: ['-r', 'root-package-manager-field'] },
    { name: 'check-repository', file: 'tools/check-repository/check-repository.ts', args: [] },
    { name: 'check-bundles', file: 'tools/check-bundles/check-bundles.ts', args: [] },
    nx('typecheck'),
    nx('build'),
    ...ofPackage,
    { name: 'check-api', file: 'tools/check-api/check-api.ts', args: [], needsBuild: true },
    { name: 'size-limit', file: 'node_modules/.bin/size-limit', args: [], needsBuild: true },
    { name: 'check-consumer', file: 'tools/check-consumer/check-consumer.ts', args: [], needsBuild: true },
    ...(mutantsBase
      ? [{ name: 'mutants:changed', file: 'tools/mutants/mutants-changed.ts', args: [mutantsBase] }]
      : []),
  ];
}
