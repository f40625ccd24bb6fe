import { mergeConfig, type ViteUserConfig } from 'vitest/config';
import { workspaceTests } from '../../vitest.shared.ts';

/** A thread starts, compiles and is ended in many tests: on a busy machine that takes seconds. */
const config: ViteUserConfig = mergeConfig(workspaceTests({ name: 'media' }), { test: { testTimeout: 60_000 } });

export default config;
