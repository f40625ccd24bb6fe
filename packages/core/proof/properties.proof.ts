// Runs every property test of core 1 000 times instead of 25, with a new seed each time, and tests every combination of its
// large matrices instead of a sample: `npm run proof -- properties`.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const { NODE_OPTIONS: _conditions, ...env } = process.env;
const { status } = spawnSync('vitest', ['run', '--typecheck=false'], {
  cwd: fileURLToPath(new URL('..', import.meta.url)),
  env: { ...env, VIDEOSTORAGE_PROPERTY_RUNS: '1000' },
  stdio: 'inherit',
});
process.exitCode = status ?? 1;
