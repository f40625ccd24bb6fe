// What several processes on one folder do to it, and kills at each step of a call: `npm run proof -- local-processes`. Goals: of
// 200 rounds of each race nothing that was reported ready is lost or changed, and no kill loses a confirmed video.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const { NODE_OPTIONS: _conditions, ...env } = process.env;
const { status } = spawnSync('vitest', ['run', 'src/two-processes.full.test.ts', 'src/sigkill.full.test.ts'], {
  cwd: fileURLToPath(new URL('..', import.meta.url)),
  env: { ...env, VIDEOSTORAGE_TESTS: 'full', VIDEOSTORAGE_RACE_ROUNDS: '200', VIDEOSTORAGE_KILLS: 'every step' },
  stdio: 'inherit',
});
process.exitCode = status ?? 1;
