// Every property with 1 000 runs, with another seed each time: `npm run proof -- media-properties`.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const { NODE_OPTIONS: _conditions, ...env } = process.env;
const { status } = spawnSync('vitest', ['run', '--typecheck=false', '--testTimeout=120000'], {
  cwd: fileURLToPath(new URL('..', import.meta.url)),
  env: { ...env, VIDEOSTORAGE_PROPERTY_RUNS: '1000' },
  stdio: 'inherit',
});
process.exitCode = status ?? 1;
