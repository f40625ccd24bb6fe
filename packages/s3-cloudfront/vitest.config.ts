import { mergeConfig } from 'vitest/config';
import { workspaceTests } from '../../vitest.shared.ts';

// No test changes a module or a global, and loading the SDK anew for each file takes a third of the run.
export default mergeConfig(workspaceTests({ name: 's3-cloudfront' }), { test: { isolate: false } });
