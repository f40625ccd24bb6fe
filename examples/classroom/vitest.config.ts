import { mergeConfig, type ViteUserConfig } from 'vitest/config';
import { workspaceTests } from '../../vitest.shared.ts';

const config: ViteUserConfig = workspaceTests({ name: 'classroom', fullWorkers: 2 });
/** What a page shows is waited for, and processes are started: how long that takes depends on the machine. */
export default mergeConfig(config, {
  test: { expect: { poll: { timeout: 60_000 } }, testTimeout: 120_000, hookTimeout: 120_000 },
});
