import { globSync } from 'node:fs';

/** A program that says by its exit code whether something holds. */
export interface Check {
  readonly name: string;
  /** A JavaScript or TypeScript file, relative to the root. */
  readonly file: string;
  readonly args: readonly string[];
  /** True where it looks at what was built. */
  readonly needsBuild?: boolean;
  readonly environment?: Readonly<Record<string, string>>;
}

/** All checks of the tree at `root` but the tests, in the order in which they begin: what takes long, or is waited for, first. */
export function checksOf(root: string): readonly Check[] {
  const bin = (name: string, ...args: readonly string[]): Check => ({ name, file: `node_modules/.bin/${name}`, args });
  const tool = (name: string, needsBuild = false): Check => ({
    name,
    file: `tools/${name}/${name}.ts`,
    args: [],
    needsBuild,
  });
  const sources = globSync(['packages/*/src', 'examples/*/src'], { cwd: root }).sort();
  return [
    { ...bin('nx', 'run-many', '-t', 'build', '--output-style=static'), name: 'build' },
    { name: 'install services', file: 'tools/services/install.ts', args: [] },
    tool('typecheck'),
    bin('knip', '--no-config-hints'),
    bin('depcruise', ...sources),
    bin('biome', 'check', '--error-on-warnings', '.'),
    // npm comes with Node: no manager of package managers is named.
    bin('sherif', '-r', 'root-package-manager-field'),
    tool('check-repository'),
    tool('check-bundles'),
    tool('check-consumer', true),
    tool('check-api', true),
    { ...bin('size-limit'), needsBuild: true },
  ];
}

/** Mutants of what changed since the commit that `MUTANTS_BASE` names, if any: up to ten minutes, and alone, since sources change. */
export function mutantChecks(base = process.env['MUTANTS_BASE']): readonly Check[] {
  return base ? [{ name: 'mutants:changed', file: 'tools/mutants/mutants-changed.ts', args: [base] }] : [];
}
