import { describe, expect, test } from 'vitest';
import { expectHealing, failFrom, faults, MOST_REQUESTS } from '../test-support/fault-script.ts';
import { operations } from '../test-support/operations.ts';
import { createEmulatedSubject } from '../test-support/subject.ts';

/** The fault that asks most of a repetition: what was done need not be done again. */
const lostAnswer = faults.filter(([, { kind }]) => kind === 'reset').slice(-1);

describe.each(operations.map((operation) => [operation.name, operation] as const))('%s', (_name, operation) => {
  test.each(faults)('%s, lasting', async (_fault, fault, attempts, code) => {
    const subject = await createEmulatedSubject();
    const ticket = await operation.ticket(subject);
    failFrom(subject, 1, 100, fault);
    const before = subject.s3.requests.length;
    const call = operation.run(subject, ticket, { timeoutMs: 60_000 });
    await expect(call).rejects.toMatchObject({ code, attempts, backendName: 's3-cloudfront' });
    // Half an answer may have said enough to go one step on, so only the whole faults count exactly.
    const asked = subject.s3.requests.length - before;
    if (fault.kind === 'truncated') expect(asked).toBeLessThan(MOST_REQUESTS);
    else expect(asked).toBe(attempts);
    await subject.dispose();
  });

  test('silence ends at the deadline', async () => {
    const subject = await createEmulatedSubject();
    const ticket = await operation.ticket(subject);
    failFrom(subject, 1, 100, { kind: 'hang' });
    await expect(operation.run(subject, ticket, { timeoutMs: 100 })).rejects.toMatchObject({ code: 'TIMEOUT' });
    await subject.dispose();
  });

  // Every fault at every request: `fault-healing.full.test.ts`.
  test('an answer that is lost, once, at each request: as without it', { timeout: 60_000 }, () =>
    expectHealing(operation, () => lostAnswer),
  );
});
