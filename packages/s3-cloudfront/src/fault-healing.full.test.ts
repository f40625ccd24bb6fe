import { describe, test } from 'vitest';
import { expectHealing, healingFaults } from '../test-support/fault-script.ts';
import { operations } from '../test-support/operations.ts';

/** The first request meets every fault; the others one of each kind. */
const oneOfEachKind = healingFaults.filter(([, { kind }], index) => index === 0 || kind !== 'status');

describe.each(operations.map((operation) => [operation.name, operation] as const))('%s', (_name, operation) => {
  test('each fault that can heal, once, at each request: as without it', { timeout: 120_000 }, () =>
    expectHealing(operation, (request) => (request === 1 ? healingFaults : oneOfEachKind)),
  );
});
