import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { commonJsForm } from './commonjs-form.ts';
import { markdownExamples } from './markdown-examples.ts';

/** A block of a README as a separate program. */
export interface ConsumerExample {
  /** `README.md:12`, relative to the root. */
  readonly origin: string;
  /** Name of its files, without extension. */
  readonly name: string;
  /** Unchanged, for an ES module. */
  readonly module: string;
  /** True where it has elements of React in it. */
  readonly isReact: boolean;
  /** For CommonJS; only when it is run. */
  readonly commonJs?: string;
}

/** Every TypeScript block of the READMEs of these folders, `.` for the root. */
export function consumerExamples(root: string, folders: readonly string[]): readonly ConsumerExample[] {
  return folders.flatMap((folder) => {
    const readme = join(folder, 'README.md');
    if (!existsSync(join(root, readme))) return [];
    return markdownExamples(readFileSync(join(root, readme), 'utf8')).map(({ line, code, isRun, isReact }) => ({
      origin: `${readme}:${line}`,
      name: `${folder === '.' ? 'root' : basename(folder)}-${line}`,
      module: code,
      isReact,
      ...(isRun && { commonJs: commonJsForm(code) }),
    }));
  });
}

/** The packages that examples import in addition to ours and Node's: name without subpath. */
export function foreignImportsOf(examples: readonly ConsumerExample[]): ReadonlySet<string> {
  const specifiers = examples.flatMap(({ module }) =>
    [...module.matchAll(/(?:from|import|import\() *'([^'.][^']*)'/g)].map(([, specifier]) => String(specifier)),
  );
  const names = specifiers.map((specifier) => specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/'));
  return new Set(names.filter((name) => !name.startsWith('node:') && !name.startsWith('@videostorage/')));
}
