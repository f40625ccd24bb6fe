import { describe, test } from 'vitest';
import { expectFailure, expectHealing, faults, healingFaults } from '../test-support/fault-script.ts';
import { operationsOver, TWO_PARTS_BYTES } from '../test-support/operations.ts';

const operations = operationsOver(TWO_PARTS_BYTES);
/** One status, and each way in which an answer breaks off. */
const oneOfEachKind = healingFaults.filter(([, { kind }], index) => index === 0 || kind !== 'status');
/** Before or after its work is the same for a request that changes nothing. */
const ofReads = oneOfEachKind.filter(([name]) => name !== 'a reset before the work');

describe.each(operations.map((operation) => [operation.name, operation] as const))('%s', (name, operation) => {
  test.each(faults)('%s, lasting', (...fault) => expectFailure(operation, fault));

  // Every fault that can heal meets the first request of a confirm; each other request meets one of each kind.
  test('faults that can heal, once, at each request: as without it', { timeout: 120_000 }, () =>
    expectHealing(operation, (request, line) => {
      if (request === 1 && name === 'confirmUpload') return healingFaults;
      return line.startsWith('GET ') ? ofReads : oneOfEachKind;
    }),
  );
});
