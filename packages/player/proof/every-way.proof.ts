// Tests every guarantee of playback with every way to play, in Chromium: the full tests check some of them only with one way
// of each kind.
import { fileURLToPath } from 'node:url';
import { startVitest } from 'vitest/node';

Object.assign(process.env, { VIDEOSTORAGE_TESTS: 'full', VIDEOSTORAGE_EVERY_WAY: '1' });
// A failed test makes the exit code.
const run = await startVitest('test', ['-playback'], {
  root: fileURLToPath(new URL('..', import.meta.url)),
  run: true,
});
await run.close();
