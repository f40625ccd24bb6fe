import { mergeConfig, type ViteUserConfig } from 'vitest/config';
import { workspaceTests } from '../../vitest.shared.ts';

/** Each test starts an emulator: on a busy machine that takes seconds. */
const config: ViteUserConfig = mergeConfig(workspaceTests({ name: 'cloudflare-stream' }), {
  test: { testTimeout: 60_000 },
});

export default config;
