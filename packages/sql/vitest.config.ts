import type { ViteUserConfig } from 'vitest/config';
import { workspaceTests } from '../../vitest.shared.ts';

const shared = workspaceTests({ name: 'sql' });

const config: ViteUserConfig = {
  ...shared,
  // With the condition `import`, pg would get its own dependency as ESM by `require`, and fail.
  ssr: { resolve: { conditions: ['@videostorage/source', 'node'] } },
};

export default config;
