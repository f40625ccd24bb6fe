import { mergeConfig } from 'vitest/config';
import { workspaceTests } from '../../vitest.shared.ts';

// No test changes a module or a global, and loading the SDK anew for each file takes a third of the run. The bound of a test is
// for one that hangs: a busy computer must not meet it.
const overrides = {
  test: { isolate: false, ...(process.env['VIDEOSTORAGE_TESTS'] !== 'full' && { testTimeout: 30_000 }) },
};
export default mergeConfig(workspaceTests({ name: 's3-cloudfront' }), overrides);
