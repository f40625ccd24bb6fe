import { vi } from 'vitest';

/** Resolves when an expectation about a page in this process holds; checks often, since nothing there takes long. */
export function comesTrue(expected: () => void): Promise<void> {
  return vi.waitFor(expected, { interval: 5 });
}
