import { mergeConfig, type ViteUserConfig } from 'vitest/config';
import { propertyRuns } from './packages/core/test-support/property-runs.ts';
import { propertySeed, workspaceTests } from './vitest.shared.ts';

console.log(
  `Properties of core: ${propertyRuns} runs each; to repeat these, set VIDEOSTORAGE_PROPERTY_SEED=${propertySeed}.`,
);

/**
 * The unit tests of all workspaces as one project: `npm test`. A project of its own for each would start processes, transform
 * and import for each anew what all of them import: a quarter of all computing. A test has the time of the most patient workspace.
 */
const config: ViteUserConfig = mergeConfig(
  workspaceTests({ name: 'unit', folder: '{packages/*/src,examples/*/src,tools}' }),
  { test: { testTimeout: 300_000, hookTimeout: 300_000, expect: { poll: { timeout: 150_000 } } } },
);

export default config;
