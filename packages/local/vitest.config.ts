import { mergeConfig, type ViteUserConfig } from 'vitest/config';
import { workspaceTests } from '../../vitest.shared.ts';

/** These tests wait for the disk (fsync), which they share with everybody else. */
const config: ViteUserConfig = mergeConfig(workspaceTests({ name: 'local' }), { test: { testTimeout: 60_000 } });

export default config;
