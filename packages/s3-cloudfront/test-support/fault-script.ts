import type { EmulatorFault } from '@videostorage/emulators';
import { expect } from 'vitest';
import type { Operation } from './operations.ts';
import { createEmulatedSubject, type EmulatedSubject } from './subject.ts';

/** The emulators, and a storage whose uploads are sent as the operation needs them: in parts, even small ones, or as a form. */
export function subjectFor({ inParts }: Operation): Promise<EmulatedSubject> {
  return createEmulatedSubject(inParts ? { multipartThresholdBytes: 1 } : {});
}

const xml = (code: string) => `<?xml version="1.0"?><Error><Code>${code}</Code><Message>x</Message></Error>`;

/** Faults, how many attempts a call makes, and its error when the fault lasts. */
export const faults: readonly (readonly [string, EmulatorFault, number, string])[] = [
  ['500', { kind: 'status', status: 500 }, 4, 'BACKEND_UNAVAILABLE'],
  ['502', { kind: 'status', status: 502, body: '<html>Bad gateway</html>' }, 4, 'BACKEND_UNAVAILABLE'],
  ['503', { kind: 'status', status: 503 }, 4, 'BACKEND_UNAVAILABLE'],
  ['504', { kind: 'status', status: 504 }, 4, 'BACKEND_UNAVAILABLE'],
  ['408', { kind: 'status', status: 408 }, 4, 'BACKEND_UNAVAILABLE'],
  ['429', { kind: 'status', status: 429 }, 4, 'BACKEND_THROTTLED'],
  [
    '429 with a pause beyond the deadline',
    { kind: 'status', status: 429, retryAfterSeconds: 300 },
    1,
    'BACKEND_THROTTLED',
  ],
  ['501', { kind: 'status', status: 501 }, 1, 'BACKEND_REFUSED'],
  ['505', { kind: 'status', status: 505 }, 1, 'BACKEND_REFUSED'],
  ['301', { kind: 'status', status: 301, body: xml('PermanentRedirect') }, 1, 'BACKEND_REFUSED'],
  ['400', { kind: 'status', status: 400, body: xml('ExpiredToken') }, 1, 'BACKEND_REFUSED'],
  ['401', { kind: 'status', status: 401 }, 1, 'BACKEND_REFUSED'],
  ['403', { kind: 'status', status: 403, body: xml('AccessDenied') }, 1, 'BACKEND_REFUSED'],
  ['a reset before the work', { kind: 'reset', when: 'before-effect' }, 4, 'BACKEND_UNAVAILABLE'],
  ['a reset after the work', { kind: 'reset', when: 'after-effect' }, 4, 'BACKEND_UNAVAILABLE'],
  ['an incomplete answer', { kind: 'truncated' }, 4, 'BACKEND_UNAVAILABLE'],
  ['a page of a proxy', { kind: 'html' }, 4, 'BACKEND_BAD_RESPONSE'],
];

/** The faults after which a request is retried. */
export const retriedFaults: typeof faults = faults.filter(([, , attempts]) => attempts > 1);
/** No call may send more requests than this, whatever fails. */
const MOST_REQUESTS = 25;

/** From the request of this number on, so many requests get the fault. Requests of viewers and uploads do not count. */
export function failFrom(subject: EmulatedSubject, first: number, times: number, fault: EmulatorFault): void {
  let seen = 0;
  const matches = ({ headers }: { readonly headers: object }) => 'authorization' in headers && ++seen >= first;
  subject.s3.failNext(fault, { matches, times });
}

/** What is stored in the end, and what was answered, without times and random ids. */
async function outcome(operation: Operation, fault?: EmulatorFault, first = 1) {
  const { prepare, run } = operation;
  const subject = await subjectFor(operation);
  try {
    const ticket = await prepare(subject);
    const [s3, cloudFront] = [subject.s3.requests.length, subject.cloudFront.requests.length];
    if (fault !== undefined) failFrom(subject, first, 1, fault);
    const answer = JSON.stringify(await run(subject, ticket, { timeoutMs: 60_000 })) ?? 'nothing';
    const plain = answer.replace(/\d{4}-\d\d-[^"]+Z/g, 'time').replace(/("revision":")[0-9a-f]{32}/g, '$1chance');
    return {
      answer: answer === 'nothing' ? answer : (JSON.parse(plain) as unknown),
      // The sweep frees the copy of an attempt whose answer was lost.
      keys: subject.s3.keys.filter((key) => !/^uploads\/[0-9a-f]{32}\./.test(key)),
      requests: subject.s3.requests.slice(s3),
      ofEdges: subject.cloudFront.requests.length - cloudFront,
      unfinished: subject.s3.pendingMultipartUploads,
    };
  } finally {
    await subject.dispose();
  }
}

/**
 * An operation whose first request always gets the fault must end with the error of the fault, after its number of attempts.
 */
export async function expectFailure(
  operation: Operation,
  [, fault, attempts, code]: (typeof faults)[number],
): Promise<void> {
  const subject = await subjectFor(operation);
  const ticket = await operation.ticket(subject);
  failFrom(subject, 1, 100, fault);
  const before = subject.s3.requests.length;
  const call = operation.run(subject, ticket, { timeoutMs: 60_000 });
  const [name] = operation.name.split(' ');
  await expect(call).rejects.toMatchObject({ code, attempts, backendName: 's3-cloudfront', operation: name });
  // Half an answer may be enough for the next step, so requests are counted exactly only for the other faults.
  const asked = subject.s3.requests.length - before;
  if (fault.kind === 'truncated') expect(asked).toBeLessThan(MOST_REQUESTS);
  else expect(asked).toBe(attempts);
  await subject.dispose();
}

/**
 * An operation with one fault at one of its requests to S3 must end as it does without the fault. `faultsAt` chooses by the
 * number and the first line of the request.
 */
export async function expectSameOutcome(
  operation: Operation,
  faultsAt: (request: number, line: string) => readonly (readonly [string, EmulatorFault, ...unknown[]])[],
): Promise<void> {
  const { requests: lines, ...expected } = await outcome(operation);
  const requests = lines.length;
  expect(requests).toBeLessThan(MOST_REQUESTS);
  for (const [index, line] of lines.entries()) {
    const first = index + 1;
    for (const [fault, script] of faultsAt(first, line)) {
      const { requests: needed, ...found } = await outcome(operation, script, first);
      // A creation whose answer was lost has begun an upload that no reference names; the sweep or the bucket's lifecycle removes it.
      const isCreation = operation.name === 'getUploadUrl in parts';
      const lost = isCreation && found.unfinished === 2 ? { unfinished: 1 } : {};
      expect({ ...found, ...lost }, `${fault} at request ${first} of ${requests}`).toEqual(expected);
      // A reset after the last byte of a range has no effect.
      expect(needed.length).toBeGreaterThanOrEqual(first);
      // A document that an attempt created whose answer was lost is read again.
      if (first === 1) expect(needed.length).toBeLessThanOrEqual(requests + 2);
    }
  }
}
