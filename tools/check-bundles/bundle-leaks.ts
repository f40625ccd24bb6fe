import { builtinModules, SourceMap } from 'node:module';
import { relative, resolve } from 'node:path';
import { type BuildFailure, build, type Metafile, type OutputFile, type Plugin } from 'esbuild';
import { sourceCondition } from '../workspace/export-entries.ts';
import type { BrowserEntry } from './browser-entries.ts';
import { forbiddenCode } from './forbidden-code.ts';

/** Something in a bundle that must not be there. */
export interface BundleLeak {
  /** The module that brings it in, relative to the root. */
  readonly module: string;
  readonly message: string;
}

/** Bundles an entry as a host would, and looks for what must not leave the server. Empty when there is nothing. */
export async function bundleLeaks(root: string, entry: BrowserEntry): Promise<readonly BundleLeak[]> {
  const outcome = await bundle(root, entry);
  if ('errors' in outcome) {
    return outcome.errors.map(({ location, text }) => ({ module: location?.file ?? entry.file, message: text }));
  }
  const [code, map] = [outcome.files.find(isCode), outcome.files.find((file) => !isCode(file))];
  if (code === undefined || map === undefined) throw new Error(`esbuild gave no bundle of ${entry.file}`);
  return [...importsOf(outcome.metafile), ...forbiddenIn(root, code, map, entry.runsIn)];
}

type Outcome = BuildFailure | { readonly files: readonly OutputFile[]; readonly metafile: Metafile };

async function bundle(root: string, { file, runsIn }: BrowserEntry): Promise<Outcome> {
  try {
    const { outputFiles, metafile } = await build({
      absWorkingDir: root,
      entryPoints: [file],
      outfile: 'bundle.js',
      bundle: true,
      write: false,
      metafile: true,
      minify: true,
      sourcemap: 'external',
      format: 'esm',
      target: 'es2022',
      platform: 'browser',
      conditions: [sourceCondition, ...(runsIn === 'worker' ? ['workerd', 'worker'] : [])],
      plugins: [nodeModulesAreImports],
      logLevel: 'silent',
    });
    return { files: outputFiles, metafile };
  } catch (error) {
    if (error instanceof Error && 'errors' in error) return error as BuildFailure;
    throw error;
  }
}

const nodeModulesAreImports: Plugin = {
  name: 'node-modules-are-imports',
  setup({ onResolve }) {
    const names = builtinModules.map((name) => name.replaceAll('/', '\\/')).join('|');
    onResolve({ filter: new RegExp(`^(node:.*|${names})$`) }, ({ path }) => ({ path, external: true }));
  },
};

function isCode({ path }: OutputFile): boolean {
  return path.endsWith('.js');
}

function importsOf({ inputs, outputs }: Metafile): readonly BundleLeak[] {
  const left = new Set(Object.values(outputs).flatMap(({ imports }) => imports.map(({ path }) => path)));
  return Object.entries(inputs).flatMap(([module, { imports }]) =>
    imports
      .filter(({ external, path }) => external && left.has(path))
      .map(({ path }) => ({ module, message: `imports ${path}, which is not in the bundle` })),
  );
}

function forbiddenIn(
  root: string,
  code: OutputFile,
  map: OutputFile,
  runsIn: BrowserEntry['runsIn'],
): readonly BundleLeak[] {
  const sourceMap = new SourceMap(JSON.parse(map.text));
  const forbidden = forbiddenCode.filter(({ from }) => from.includes(runsIn));
  const leaks = forbidden.flatMap(({ pattern, reason }) =>
    [...code.text.matchAll(pattern)].map((match) => ({
      module: moduleAt(root, code.text, match.index, sourceMap),
      message: `contains ${JSON.stringify(match[0])}: ${reason}`,
    })),
  );
  return [...new Map(leaks.map((leak) => [`${leak.module} ${leak.message}`, leak])).values()];
}

function moduleAt(root: string, code: string, position: number, sourceMap: SourceMap): string {
  const before = code.slice(0, position).split('\n');
  const origin = sourceMap.findEntry(before.length - 1, before.at(-1)?.length ?? 0);
  return 'originalSource' in origin ? relative(root, resolve(root, origin.originalSource)) : 'the bundle';
}
