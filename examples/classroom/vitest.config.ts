import { mergeConfig, type ViteUserConfig } from 'vitest/config';
import { workspaceTests } from '../../vitest.shared.ts';

const config: ViteUserConfig = workspaceTests({ name: 'classroom', fullWorkers: 2 });
/** What a page shows is waited for: how soon it comes is the machine's matter. */
export default mergeConfig(config, { test: { expect: { poll: { timeout: 60_000 } } } });
