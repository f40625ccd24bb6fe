import { buildSync } from 'esbuild';
import { defineConfig, type Options } from 'tsup';

type Plugin = NonNullable<Options['esbuildPlugins']>[number];

/** How the build of one package differs from the others. */
export interface PackageBuild {
  /** `browsers` where a page may load the package, else `servers`: Node, and workers where nothing of Node is used. */
  readonly runsIn: 'browsers' | 'servers';
  /** What `exports` leads to, relative to `src` and without extension; each gets declarations. Default `index` alone. */
  readonly entries?: readonly string[];
  /** What is loaded by its file name instead: programs, threads, a module per runtime. No declarations. */
  readonly programs?: readonly string[];
  /** Imports that the runtime resolves in the consumer's installation. */
  readonly external?: readonly string[];
  /** Further settings of tsup. */
  readonly more?: Pick<Options, 'shims' | 'splitting' | 'esbuildPlugins'>;
}

/**
 * The build of a package, as ES modules and as CommonJS, with declarations of the entries alone. For browsers the
 * ES modules stay one file each: a bundler drops the files whose exports are not used (`"sideEffects": false`), so that an
 * import costs what it uses; of one large file it keeps each top-level statement that might have an effect. Servers start
 * faster with few large files, so what runs there alone, and all of CommonJS, is one file for each entry.
 */
export function packageBuild({
  runsIn,
  entries = ['index'],
  programs = [],
  external = [],
  more = {},
}: PackageBuild): ReturnType<typeof defineConfig> {
  const sources = [...entries, ...programs].map((name) => `src/${name}.ts`);
  const apart = runsIn === 'browsers';
  return defineConfig({
    entry: apart ? modulesBehind(sources, external) : sources,
    format: ['esm', 'cjs'],
    dts: {
      entry: Object.fromEntries(entries.map((name) => [name, `src/${name}.ts`])),
      compilerOptions: { stripInternal: true },
    },
    sourcemap: true,
    clean: true,
    external: [...external],
    target: 'es2022',
    ...more,
    esbuildOptions: (options, { format }) => {
      options.outbase = 'src';
      if (format === 'cjs') options.entryPoints = sources;
    },
    esbuildPlugins: [...(more.esbuildPlugins ?? []), ...(apart ? [modulesStayApart] : [])],
  });
}

/** The sources and the modules that they load, directly or not; what holds types alone is not loaded. */
function modulesBehind(sources: readonly string[], external: readonly string[]): string[] {
  const { metafile } = buildSync({
    entryPoints: [...sources],
    ...{
      bundle: true,
      write: false,
      metafile: true,
      outdir: 'dist',
      platform: 'node',
      format: 'esm',
      logLevel: 'error',
    },
    packages: 'external',
    external: [...external],
  });
  return Object.keys(metafile.inputs).sort();
}

/** In ES modules, an import between modules of the package stays an import, of the built file. */
const modulesStayApart: Plugin = {
  name: 'modules-stay-apart',
  setup({ onResolve, initialOptions }) {
    if (initialOptions.format !== 'esm') return;
    onResolve({ filter: /^\.{1,2}\/.*\.tsx?$/ }, ({ kind, path }) =>
      kind === 'entry-point' ? undefined : { path: path.replace(/\.tsx?$/, '.js'), external: true },
    );
  },
};
