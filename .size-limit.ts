// Budgets of what browsers and workers load, as published: `npm run check:sizes`, after a build. Sizes are of minified code.
import type { BuildOptions, Plugin } from 'esbuild';
import { gzippedBundleBytes } from './tools/check-sizes/gzipped-bundle.ts';
import { unpackPackages } from './tools/check-sizes/unpacked-packages.ts';
import { workspaceRoot } from './tools/workspace/workspace-root.ts';

const packages = unpackPackages(workspaceRoot, [
  '@videostorage/core',
  '@videostorage/uploader',
  '@videostorage/player',
  '@videostorage/service',
  '@videostorage/http',
  '@videostorage/cloudflare-stream',
]);
const built = (entry: string) => `${packages}/@videostorage/${entry}.js`;
const react = ['react', 'react/jsx-runtime'];

/** An uploader of the same protocols: ours has at most 0.6 of it. */
const uppyBytes = await gzippedBundleBytes(
  workspaceRoot,
  `export { default as Uppy } from '@uppy/core';
   export { default as Tus } from '@uppy/tus';
   export { default as AwsS3 } from '@uppy/aws-s3';`,
);
const uppyShare = 0.6;

/** What an entry loads by `import()` comes later, when it is needed: it is no part of what loads with the page. */
const laterImports: Plugin = {
  name: 'later-imports',
  setup({ onResolve }) {
    onResolve({ filter: /./ }, ({ kind, path }) => (kind === 'dynamic-import' ? { path, external: true } : undefined));
  },
};
/** A worker loads a program as a whole when it starts, and has its own `fetch`. */
const inAWorker = (options: BuildOptions): BuildOptions => ({
  ...options,
  format: 'esm',
  conditions: ['workerd', 'worker'],
});
const withThePage = (options: BuildOptions): BuildOptions => ({ ...options, format: 'esm', plugins: [laterImports] });

export default [
  // An import costs what it uses (decisions/021-a-file-for-each-module.md): before, each of the two cost 15 KB.
  ...[
    { import: '{ isVideoStorageError }', limit: '1 KB' },
    { import: '{ systemClock }', limit: '600 B' },
  ].map((one) => ({ name: `core: ${one.import}`, path: built('core/dist/index'), brotli: false, ...one })),
  ...[
    { import: '{ Validator }', limit: '8.5 KB' },
    { import: '*', limit: '25 KB' },
  ].map((one) => ({ name: `core: ${one.import}`, path: built('core/dist/index'), gzip: true, ...one })),
  ...[
    { entry: 'uploader/dist/index', limit: '10 KB' },
    { entry: 'uploader/dist/element/index', limit: '10 KB' },
    { entry: 'uploader/dist/react/index', limit: '17 KB' },
    { entry: 'player/dist/index', limit: '9 KB' },
    { entry: 'player/dist/element/index', limit: '19.5 KB' },
    { entry: 'player/dist/react/index', limit: '20 KB' },
  ].map(({ entry, limit }) => ({
    name: `${entry}, with the page`,
    ...{ path: built(entry), import: '*', ignore: react, gzip: true, limit },
    modifyEsbuildConfig: withThePage,
  })),
  ...[
    { entry: 'service/dist/index', limit: '32 KB' },
    { entry: 'http/dist/index', limit: '115 KB' },
    { entry: 'http/dist/hono', limit: '4 KB' },
    { entry: 'http/dist/next', limit: '4 KB' },
    { entry: 'cloudflare-stream/dist/index', limit: '145 KB' },
  ].map(({ entry, limit }) => ({
    name: `${entry}, in a worker`,
    ...{ path: built(entry), import: '*', gzip: true, limit },
    modifyEsbuildConfig: inAWorker,
  })),
  {
    name: `uploader/dist/index, all that may load later too, against ${uppyShare} of Uppy core + tus + aws-s3 (${uppyBytes} B)`,
    ...{ path: built('uploader/dist/index'), import: '*', gzip: true, limit: `${Math.floor(uppyBytes * uppyShare)} B` },
  },
];
