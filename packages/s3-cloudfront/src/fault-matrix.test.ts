import { fixtures } from '@videostorage/testing';
import { describe, expect, test } from 'vitest';
import { expectFailure, expectSameOutcome, failFrom, faults, subjectFor } from '../test-support/fault-script.ts';
import { operationsOver } from '../test-support/operations.ts';

// Every fault of every operation, and files of two parts: `fault-matrix.full.test.ts`.
const operations = operationsOver((await fixtures.moovFirst.read()).length);
/** The fault that is hardest to retry: the work was done already. */
const lostAnswer = faults.filter(([, { kind }]) => kind === 'reset').slice(-1);
/** The operations of more than one step in the bucket, apart from those of uploads in parts. */
const inSteps = new Set(['confirmUpload', 'deleteVideo']);
/** One status that is retried, and one that is not; a confirm gets all faults. */
const DECISIONS = ['503', '403'];
const oneOfEachDecision = faults.filter(([name]) => DECISIONS.includes(name));

describe.each(operations.map((operation) => [operation.name, operation] as const))('%s', (name, operation) => {
  const chosen = name === 'confirmUpload' ? faults : oneOfEachDecision;

  test.each(chosen)('%s, lasting', (...fault) => expectFailure(operation, fault));

  if (!inSteps.has(name)) return;
  test('a request without an answer ends at the deadline', async () => {
    const subject = await subjectFor(operation);
    const ticket = await operation.ticket(subject);
    failFrom(subject, 1, 100, { kind: 'hang' });
    await expect(operation.run(subject, ticket, { timeoutMs: 100 })).rejects.toMatchObject({ code: 'TIMEOUT' });
    await subject.dispose();
  });

  test(
    'the answer of each request that changes something is lost, once: the result is the same as without it',
    { timeout: 60_000 },
    () => expectSameOutcome(operation, (_number, line) => (line.startsWith('GET ') ? [] : lostAnswer)),
  );
});
