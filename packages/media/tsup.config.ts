import { readFile } from 'node:fs/promises';
import type { Options } from 'tsup';
import { packageBuild } from '../../tsup.shared.ts';

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

export default packageBuild({
  runsIn: 'servers',
  programs: ['thread/probe-thread'],
  // One file each: the thread is found by its name beside the entry.
  more: { shims: true, splitting: false, esbuildPlugins: [builtThread] },
});
