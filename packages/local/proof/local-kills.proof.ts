// A process is killed at each step of each call on a folder: `npm run proof -- local-kills`. Goal: no kill loses a confirmed video.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const { NODE_OPTIONS: _conditions, ...env } = process.env;
const { status } = spawnSync('vitest', ['run', 'src/sigkill.full.test.ts'], {
  cwd: fileURLToPath(new URL('..', import.meta.url)),
  env: { ...env, VIDEOSTORAGE_TESTS: 'full', VIDEOSTORAGE_KILLS: 'every step' },
  stdio: 'inherit',
});
process.exitCode = status ?? 1;
