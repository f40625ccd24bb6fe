import { defineConfig, type ViteUserConfig } from 'vitest/config';

/**
 * The unit tests of all workspaces in one vitest: `npm test`. Each keeps its own configuration (`vitest.shared.ts`). One start,
 * and files that several packages import are transformed in one process.
 */
const config: ViteUserConfig = defineConfig({
  test: {
    projects: ['{packages/*,examples/*,tools}/vitest.config.ts'],
    reporters: ['default', ['json', { outputFile: '.test-report/unit.json' }]],
  },
});
export default config;
