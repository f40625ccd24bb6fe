import { defineConfig, mergeConfig } from 'vitest/config';
import { workspaceTests } from '../../vitest.shared.ts';

const isFull = process.env['VIDEOSTORAGE_TESTS'] === 'full';
const seed = process.env['VIDEOSTORAGE_PROPERTY_SEED'] ?? String(Date.now() % 2 ** 31);
// A fortieth of what `npm run proof -- properties` does: properties are most of what the tests of core compute.
const runs = process.env['VIDEOSTORAGE_PROPERTY_RUNS'] ?? '25';

console.log(`Properties: ${runs} runs each; to repeat these, set VIDEOSTORAGE_PROPERTY_SEED=${seed}.`);

export default mergeConfig(
  workspaceTests({ name: 'core' }),
  defineConfig({
    test: {
      env: { VIDEOSTORAGE_PROPERTY_SEED: seed, VIDEOSTORAGE_PROPERTY_RUNS: runs },
      setupFiles: ['./test-support/property-settings.ts'],
      // A thousand runs take a second or two, on a busy machine ten times as long.
      ...(!isFull && { testTimeout: Math.max(30_000, 30 * Number(runs)) }),
    },
  }),
);
