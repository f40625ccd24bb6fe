import { vi } from 'vitest';

/** Resolves when what is expected of a page of this process is so, however long that takes on a busy computer. */
export function comesTrue(expected: () => void): Promise<void> {
  return vi.waitFor(expected, { timeout: 60_000, interval: 5 });
}
