import { expect, test } from 'vitest';
import { fuzzRoutes, fuzzSockets } from '../test-support/fuzz-routes.ts';

/** A new seed for every run, shown in the names of the tests; set it to repeat a failure. */
const seed = Number(process.env['FUZZ_SEED'] ?? Date.now() % 1_000_000_000);

test.each([
  ['20,000 hostile requests', 20_000, fuzzRoutes],
  ['3,000 as raw bytes on sockets, also at the storage that the routes serve', 3000, fuzzSockets],
] as const)(
  `%s: never a 5xx, never a stack, nothing logged (seed ${seed})`,
  async (_, count, fuzz) => {
    const { sent, failures } = await fuzz(seed, count);
    expect(failures.slice(0, 5)).toEqual([]);
    expect(sent).toBe(count);
  },
  600_000,
);
