// Kills at each step of a call, and races of two processes on one folder: `npm run proof -- local-processes`. Goals: nothing that
// was reported ready is lost or changed by a race, and no kill loses a confirmed video.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const { NODE_OPTIONS: _conditions, ...env } = process.env;
const { status } = spawnSync('vitest', ['run', 'src/two-processes.full.test.ts', 'src/sigkill.full.test.ts'], {
  cwd: fileURLToPath(new URL('..', import.meta.url)),
  env: { ...env, VIDEOSTORAGE_TESTS: 'full', VIDEOSTORAGE_KILLS: 'every step' },
  stdio: 'inherit',
});
process.exitCode = status ?? 1;
