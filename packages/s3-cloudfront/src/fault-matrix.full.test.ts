import { describe, test } from 'vitest';
import { expectFailure, expectHealing, faults, healingFaults } from '../test-support/fault-script.ts';
import { operationsOver, TWO_PARTS_BYTES } from '../test-support/operations.ts';

const operations = operationsOver(TWO_PARTS_BYTES);
/** The first request meets every fault; the others one of each kind. */
const oneOfEachKind = healingFaults.filter(([, { kind }], index) => index === 0 || kind !== 'status');

describe.each(operations.map((operation) => [operation.name, operation] as const))('%s', (_name, operation) => {
  test.each(faults)('%s, lasting', (...fault) => expectFailure(operation, fault));

  test('each fault that can heal, once, at each request: as without it', { timeout: 120_000 }, () =>
    expectHealing(operation, (request) => (request === 1 ? healingFaults : oneOfEachKind)),
  );
});
