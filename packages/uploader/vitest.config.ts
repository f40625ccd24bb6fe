import { mergeConfig } from 'vitest/config';
import { workspaceTests } from '../../vitest.shared.ts';

// A busy computer takes many times as long as a quiet one; each wait ends with its condition.
export default mergeConfig(workspaceTests({ name: 'uploader', timeoutMs: 120_000 }), {
  test: { expect: { poll: { timeout: 60_000 } } },
});
