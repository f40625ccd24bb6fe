import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { exportEntriesOf } from '../workspace/export-entries.ts';
import type { PackageLock } from '../workspace/package-lock.ts';
import type { PackedPackage } from '../workspace/packed-package.ts';
import type { ConsumerExample } from './consumer-examples.ts';

/** The kinds of project in which the packages must work, each with its tsconfig. */
export const projectKinds = ['esm', 'commonjs', 'bundler', 'without-dom'] as const;

/** Writes a project outside the workspace that uses the tarballs as a host app would. */
export function writeConsumer(
  folder: string,
  packages: readonly PackedPackage[],
  examples: readonly ConsumerExample[],
  foreign: Readonly<Record<string, string>>,
  lock: PackageLock,
): void {
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  const ours = Object.fromEntries(packages.map(({ manifest, tarball }) => [manifest.name, `file:${tarball}`]));
  write('package.json', JSON.stringify({ name: 'consumer', private: true, dependencies: { ...ours, ...foreign } }));
  write('package-lock.json', JSON.stringify(lock));
  const specifiers = packages.flatMap(({ manifest }) =>
    exportEntriesOf(manifest).map(({ subpath }) => manifest.name + subpath.slice(1)),
  );
  for (const [name, text] of Object.entries(entryFiles(specifiers))) write(name, text);
  for (const { name, module, commonJs, isReact } of examples) {
    write(isReact ? `react/${name}.tsx` : `esm/${name}.mts`, `${module}export {};\n`);
    if (commonJs !== undefined) write(`commonjs/${name}.cts`, commonJs);
  }
  for (const kind of projectKinds) write(`tsconfig.${kind}.json`, JSON.stringify(tsconfigs[kind]));
}

/** Programs that load every entry, and modules in which an invented name must be an error; otherwise the types are `any`. */
function entryFiles(specifiers: readonly string[]): Readonly<Record<string, string>> {
  const each = (line: (specifier: string, index: number) => string) => specifiers.map(line).join('\n');
  const empty = 'if (Object.keys(entry).length === 0) throw new Error(name + " exports nothing");';
  const typed = each(
    (specifier, index) =>
      `import * as entry${index} from '${specifier}';\nexport { entry${index} };\n` +
      `// @ts-expect-error the types are not any\nexport const missing${index}: unknown = entry${index}.thereIsNoSuchExport;`,
  );
  return {
    'entries.mjs': each((name) => `{ const [name, entry] = ['${name}', await import('${name}')]; ${empty} }`),
    'entries.cjs': each((name) => `{ const [name, entry] = ['${name}', require('${name}')]; ${empty} }`),
    'esm/entries.mts': typed,
    'commonjs/entries.cts': typed,
    'without-dom/entries.mts': typed,
  };
}

const strict = {
  target: 'es2022',
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  skipLibCheck: false,
  types: ['node'],
  lib: ['ES2023', 'DOM', 'DOM.Iterable', 'DOM.AsyncIterable'],
};
const tsconfigs = {
  esm: { compilerOptions: { ...strict, module: 'nodenext', outDir: 'out/esm', rootDir: 'esm' }, include: ['esm'] },
  commonjs: {
    compilerOptions: { ...strict, module: 'nodenext', outDir: 'out/commonjs', rootDir: 'commonjs' },
    include: ['commonjs'],
  },
  bundler: {
    compilerOptions: { ...strict, module: 'esnext', moduleResolution: 'bundler', jsx: 'react-jsx', noEmit: true },
    include: ['esm', 'react'],
  },
  // A server's project: without DOM, and with `skipLibCheck`, as most projects have it.
  'without-dom': {
    compilerOptions: { ...strict, module: 'nodenext', noEmit: true, skipLibCheck: true, lib: ['ES2023'] },
    include: ['without-dom'],
  },
};
