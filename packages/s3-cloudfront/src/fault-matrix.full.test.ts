import { describe, test } from 'vitest';
import { expectFailure, expectSameOutcome, faults, retriedFaults } from '../test-support/fault-script.ts';
import { operationsOver, TWO_PARTS_BYTES } from '../test-support/operations.ts';

const operations = operationsOver(TWO_PARTS_BYTES);
/** One status, and each way in which an answer is lost or incomplete. */
const oneOfEachKind = retriedFaults.filter(([, { kind }], index) => index === 0 || kind !== 'status');
/** A reset before or after the work is the same for a request that changes nothing. */
const ofReads = oneOfEachKind.filter(([name]) => name !== 'a reset before the work');

describe.each(operations.map((operation) => [operation.name, operation] as const))('%s', (name, operation) => {
  test.each(faults)('%s, lasting', (...fault) => expectFailure(operation, fault));

  // The first request of a confirm gets every fault that is retried; each other request gets one of each kind.
  test(
    'a fault that is retried, once, at each request: the result is the same as without it',
    { timeout: 120_000 },
    () =>
      expectSameOutcome(operation, (request, line) => {
        if (request === 1 && name === 'confirmUpload') return retriedFaults;
        return line.startsWith('GET ') ? ofReads : oneOfEachKind;
      }),
  );
});
