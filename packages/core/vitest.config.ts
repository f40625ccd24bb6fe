import { mergeConfig, type ViteUserConfig } from 'vitest/config';
import { propertySeed, workspaceTests } from '../../vitest.shared.ts';
import { propertyRuns } from './test-support/property-runs.ts';

console.log(
  `Properties of core: ${propertyRuns} runs each; to repeat these, set VIDEOSTORAGE_PROPERTY_SEED=${propertySeed}.`,
);

const isFull = process.env['VIDEOSTORAGE_TESTS'] === 'full';
/** A thousand runs of a property take a second or two, on a busy machine ten times as long. */
const config: ViteUserConfig = mergeConfig(
  workspaceTests({ name: 'core' }),
  isFull ? {} : { test: { testTimeout: Math.max(30_000, 30 * propertyRuns) } },
);

export default config;
