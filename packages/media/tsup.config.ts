import { readFile } from 'node:fs/promises';
import { defineConfig, type Options } from 'tsup';

/** The thread is started by the address of its file, which ends in `.js` once it is built. */
const builtThread: NonNullable<Options['esbuildPlugins']>[number] = {
  name: 'built-thread',
  setup({ onLoad }) {
    onLoad({ filter: /start-thread\.ts$/ }, async ({ path }) => ({
      contents: (await readFile(path, 'utf8')).replace("'./thread/probe-thread.ts'", "'./thread/probe-thread.js'"),
      loader: 'ts',
    }));
  },
};

export default defineConfig({
  entry: { index: 'src/index.ts', 'thread/probe-thread': 'src/thread/probe-thread.ts' },
  format: ['esm', 'cjs'],
  dts: { entry: 'src/index.ts' },
  sourcemap: true,
  clean: true,
  shims: true,
  // One file each: the thread is found by its name beside the entry.
  splitting: false,
  target: 'es2022',
  esbuildPlugins: [builtThread],
});
