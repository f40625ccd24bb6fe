import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build, type Metafile, type OutputFile } from 'esbuild';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/** Size of what a browser loads, in bytes after gzip. */
export interface Weight {
  /** The entry, and what it imports statically. */
  readonly withPage: number;
  /** Everything that may be loaded later as well, as one file. */
  readonly inAll: number;
}

/** Bundles some code as a host app would, and weighs it. */
export async function weigh(code: string): Promise<Weight> {
  const [apart, whole] = await Promise.all([bundle(code, true), bundle(code, false)]);
  const atOnce = loadedAtOnce(apart.metafile);
  const weightOf = ({ contents }: OutputFile) => gzipSync(contents, { level: 9 }).length;
  const sum = (files: readonly OutputFile[]) => files.reduce((total, file) => total + weightOf(file), 0);
  return {
    withPage: sum(apart.outputFiles.filter(({ path }) => atOnce.has(path.slice(ROOT.length)))),
    inAll: sum(whole.outputFiles),
  };
}

function bundle(code: string, splitting: boolean) {
  return build({
    stdin: { contents: code, resolveDir: fileURLToPath(new URL('..', import.meta.url)) },
    absWorkingDir: ROOT,
    outdir: ROOT,
    ...{ bundle: true, splitting, write: false, minify: true, metafile: true },
    ...{ format: 'esm', target: 'es2022', platform: 'browser', logLevel: 'silent' },
    conditions: ['@videostorage/source'],
  });
}

function loadedAtOnce({ outputs }: Metafile): ReadonlySet<string> {
  const loaded = new Set(
    Object.entries(outputs).flatMap(([path, { entryPoint }]) => (entryPoint === '<stdin>' ? [path] : [])),
  );
  for (const path of loaded) {
    for (const { kind, path: imported } of outputs[path]?.imports ?? []) {
      if (kind === 'import-statement') loaded.add(imported);
    }
  }
  return loaded;
}
