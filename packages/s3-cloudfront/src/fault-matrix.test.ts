import type { EmulatorFault } from '@videostorage/emulators';
import { describe, expect, test } from 'vitest';
import { type Operation, operations } from '../test-support/operations.ts';
import { createEmulatedSubject, type EmulatedSubject } from '../test-support/subject.ts';

const xml = (code: string) => `<?xml version="1.0"?><Error><Code>${code}</Code><Message>x</Message></Error>`;

/** Faults, how often they are tried again, and what is said when they last: `reliability.md`, 5.2. */
const faults: readonly (readonly [string, EmulatorFault, number, string])[] = [
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
  ['an answer that breaks off', { kind: 'truncated' }, 4, 'BACKEND_UNAVAILABLE'],
  ['a page of a proxy', { kind: 'html' }, 4, 'BACKEND_BAD_RESPONSE'],
];
const healing = faults.filter(([, , attempts]) => attempts > 1);
/** Bound of the calls, whatever goes wrong. */
const MOST_REQUESTS = 25;

/** From the request of this number on, as many as said meet the fault. Viewers and uploads are not the API. */
function failFrom(subject: EmulatedSubject, first: number, times: number, fault: EmulatorFault): void {
  let seen = 0;
  const matches = ({ headers }: { readonly headers: object }) => 'authorization' in headers && ++seen >= first;
  subject.s3.failNext(fault, { matches, times });
}

/** What is there when all is done, and what was answered; ids of time and chance left out. */
async function outcome({ prepare, run }: Operation, fault?: EmulatorFault, first = 1) {
  const subject = await createEmulatedSubject();
  try {
    const ticket = await prepare(subject);
    const [s3, cloudFront] = [subject.s3.requests.length, subject.cloudFront.requests.length];
    if (fault !== undefined) failFrom(subject, first, 1, fault);
    const answer = JSON.stringify(await run(subject, ticket, { timeoutMs: 60_000 })) ?? 'nothing';
    const plain = answer.replace(/\d{4}-\d\d-[^"]+Z/g, 'time').replace(/("revision":")[0-9a-f]{32}/g, '$1chance');
    return {
      answer: answer === 'nothing' ? answer : (JSON.parse(plain) as unknown),
      // The copy of a try whose answer was lost is freed by the sweep (§4.10).
      keys: subject.s3.keys.filter((key) => !/^uploads\/[0-9a-f]{32}\./.test(key)),
      requests: subject.s3.requests.length - s3 + subject.cloudFront.requests.length - cloudFront,
      unfinished: subject.s3.pendingMultipartUploads,
    };
  } finally {
    await subject.dispose();
  }
}

describe.each(operations.map((operation) => [operation.name, operation] as const))('%s', (name, operation) => {
  test.each(faults)('%s, lasting', async (_fault, fault, attempts, code) => {
    const subject = await createEmulatedSubject();
    const ticket = await operation.prepare(subject);
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
    const ticket = await operation.prepare(subject);
    failFrom(subject, 1, 100, { kind: 'hang' });
    await expect(operation.run(subject, ticket, { timeoutMs: 100 })).rejects.toMatchObject({ code: 'TIMEOUT' });
    await subject.dispose();
  });

  test('each fault that can heal, once, at each request: as without it', async () => {
    const { requests, ...expected } = await outcome(operation);
    expect(requests).toBeLessThan(MOST_REQUESTS);
    for (let first = 1; first <= requests; first++) {
      // The first request meets every fault; the others one of each kind.
      const some = first === 1 ? healing : healing.filter(([, { kind }], index) => index === 0 || kind !== 'status');
      for (const [fault, script] of some) {
        const { requests: needed, ...found } = await outcome(operation, script, first);
        // A mint whose answer was lost has begun an upload that nobody knows; the bucket's lifecycle removes it.
        const lost = name === 'getUploadUrl in parts' && found.unfinished === 2 ? { unfinished: 1 } : {};
        expect({ ...found, ...lost }, `${fault} at request ${first} of ${requests}`).toEqual(expected);
        // A reset after the last byte of a range is none.
        expect(needed).toBeGreaterThanOrEqual(first);
        // What was created by a try whose answer was lost is read again.
        if (first === 1) expect(needed).toBeLessThanOrEqual(requests + 2);
      }
    }
  }, 60_000);
});
