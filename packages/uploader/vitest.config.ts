import { mergeConfig } from 'vitest/config';
import { workspaceTests } from '../../vitest.shared.ts';

/** A busy computer takes many times as long as a quiet one; each wait ends with its condition. */
const PATIENCE_MS = 120_000;

export default mergeConfig(workspaceTests({ name: 'uploader', fullWorkers: 2 }), {
  test: { testTimeout: PATIENCE_MS, hookTimeout: PATIENCE_MS, expect: { poll: { timeout: PATIENCE_MS / 2 } } },
});
