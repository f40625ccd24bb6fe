import { fixtures } from '@videostorage/testing';
import { describe, expect, test } from 'vitest';
import { expectFailure, expectHealing, failFrom, faults, subjectFor } from '../test-support/fault-script.ts';
import { operationsOver } from '../test-support/operations.ts';

// Every fault of every operation, and files of two parts: `fault-matrix.full.test.ts`.
const operations = operationsOver((await fixtures.moovFirst.read()).length);
/** The fault that asks most of a repetition: what was done need not be done again. */
const lostAnswer = faults.filter(([, { kind }]) => kind === 'reset').slice(-1);
/** What changes the bucket, each way once; repeating the others asks nothing of the store. */
const changing = new Set([
  'getUploadUrl in parts',
  'confirmUpload',
  'confirmUpload in parts',
  'abortUpload in parts',
  'deleteVideo',
]);
/** One of each decision: tried again, after an answer or without one, throttled, refused, not understood. */
const DECISIONS = ['503', '429', '403', 'a reset after the work', 'a page of a proxy'];
const oneOfEachDecision = faults.filter(([name]) => DECISIONS.includes(name));

describe.each(operations.map((operation) => [operation.name, operation] as const))('%s', (name, operation) => {
  const chosen = name === 'confirmUpload' ? faults : oneOfEachDecision;

  test.each(chosen)('%s, lasting', (...fault) => expectFailure(operation, fault));

  test('a request without an answer ends at the deadline', async () => {
    const subject = await subjectFor(operation);
    const ticket = await operation.ticket(subject);
    failFrom(subject, 1, 100, { kind: 'hang' });
    await expect(operation.run(subject, ticket, { timeoutMs: 100 })).rejects.toMatchObject({ code: 'TIMEOUT' });
    await subject.dispose();
  });

  if (!changing.has(name)) return;
  test('the answer of each request that changes something is lost, once: as without it', { timeout: 60_000 }, () =>
    expectHealing(operation, (_number, line) => (line.startsWith('GET ') ? [] : lostAnswer)),
  );
});
