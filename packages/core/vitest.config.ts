import { propertySeed, workspaceTests } from '../../vitest.shared.ts';
import { propertyRuns } from './test-support/property-runs.ts';

console.log(
  `Properties of core: ${propertyRuns} runs each; to repeat these, set VIDEOSTORAGE_PROPERTY_SEED=${propertySeed}.`,
);

// A thousand runs of a property take a second or two, on a busy machine ten times as long.
export default workspaceTests({ name: 'core', timeoutMs: Math.max(120_000, 30 * propertyRuns) });
