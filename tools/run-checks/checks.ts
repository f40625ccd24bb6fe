import { globSync } from 'node:fs';

/** A program whose exit code says whether a check passes. */
export interface Check {
  readonly name: string;
  /** A JavaScript or TypeScript file, relative to the root. */
  readonly file: string;
  readonly args: readonly string[];
  /** Whether it checks the build. */
  readonly needsBuild?: boolean;
  readonly environment?: Readonly<Record<string, string>>;
}

/** All checks of the tree at `root` except the tests; those that take long, or that others wait for, start first. */
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
    tool('check-consumer', true),
    bin('knip', '--no-config-hints'),
    bin('depcruise', ...sources),
    bin('biome', 'check', '--error-on-warnings', '.'),
    // Started as npm's file in Node's folder, since npm comes with Node.
    bin('sherif', '-r', 'root-package-manager-field', '-i', 'typescript@7.0.2'),
    tool('check-repository'),
    tool('check-bundles'),
    tool('check-api', true),
    { ...bin('size-limit'), needsBuild: true },
  ];
}

/** Mutants of the files that changed since `MUTANTS_BASE`, if set: up to ten minutes, and alone, since sources change. */
export function mutantChecks(base = process.env['MUTANTS_BASE']): readonly Check[] {
  return base ? [{ name: 'mutants:changed', file: 'tools/mutants/mutants-changed.ts', args: [base] }] : [];
}
