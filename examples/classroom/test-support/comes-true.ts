import { vi } from 'vitest';

/** Resolves when what is expected of a page of this process is so; looks often, since nothing there takes long. */
export function comesTrue(expected: () => void): Promise<void> {
  return vi.waitFor(expected, { interval: 5 });
}
