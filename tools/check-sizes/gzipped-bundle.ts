import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

/** Bytes of a program for browsers with everything that it imports, minified and gzipped as `.size-limit.ts` measures ours. */
export async function gzippedBundleBytes(root: string, program: string): Promise<number> {
  const { outputFiles } = await build({
    stdin: { contents: program, resolveDir: root },
    ...{ bundle: true, minify: true, write: false, format: 'esm', platform: 'browser', logLevel: 'error' },
  });
  const [bundle] = outputFiles ?? [];
  if (bundle === undefined) throw new Error('esbuild gave no bundle');
  return gzipSync(bundle.contents, { level: 9 }).length;
}
