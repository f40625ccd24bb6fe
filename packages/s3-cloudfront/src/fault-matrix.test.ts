import { fixtures } from '@videostorage/testing';
import { describe, expect, test } from 'vitest';
import { expectFailure, expectHealing, failFrom, faults, subjectFor } from '../test-support/fault-script.ts';
import { operationsOver } from '../test-support/operations.ts';

// Every fault of every operation, and files of two parts: `fault-matrix.full.test.ts`.
const operations = operationsOver((await fixtures.moovFirst.read()).length);
/** The fault that asks most of a repetition: what was done need not be done again. */
const lostAnswer = faults.filter(([, { kind }]) => kind === 'reset').slice(-1);
/** What is more than one step in the bucket, without what parts add to it. */
const inSteps = new Set(['confirmUpload', 'deleteVideo']);
/** Tried again, and refused; a confirm meets all others. */
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

  test('the answer of each request that changes something is lost, once: as without it', { timeout: 60_000 }, () =>
    expectHealing(operation, (_number, line) => (line.startsWith('GET ') ? [] : lostAnswer)),
  );
});
