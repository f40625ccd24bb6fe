import { mergeConfig } from 'vitest/config';
import { workspaceTests } from '../../vitest.shared.ts';

// The bound of a test is for one that hangs: a busy computer must not meet it. The full tests have a longer one already.
const isFull = process.env['VIDEOSTORAGE_TESTS'] === 'full';
export default mergeConfig(workspaceTests({ name: 's3-cloudfront' }), isFull ? {} : { test: { testTimeout: 30_000 } });
