import { mergeConfig, type ViteUserConfig } from 'vitest/config';
import { workspaceTests } from '../../vitest.shared.ts';

const config: ViteUserConfig = workspaceTests({ name: 'player', fullWorkers: 3 });
/** Each test has a host app of its own: how long that takes depends on the machine. */
export default mergeConfig(config, { test: { testTimeout: 300_000, hookTimeout: 300_000 } });
