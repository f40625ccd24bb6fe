import type { IncomingMessage } from 'node:http';
import type { EmulatorFault } from '@videostorage/emulators';
import { afterEach, describe, expect, test } from 'vitest';
import type { EmulatedSubject } from './subject.ts';
import { film, occupied, Subjects } from './subjects.ts';

const subjects = new Subjects();
const HOUR_MS = 3_600_000;
const RESERVED_MINUTES = 120;

const isCreation = ({ method, url = '' }: IncomingMessage) =>
  method === 'POST' && /\/stream(?:\/direct_upload|\?direct_user=true)$/.test(url);
const isReadBack = ({ method, url = '' }: IncomingMessage) => method === 'GET' && /\/stream\/[0-9a-f]{32}$/.test(url);

/** The faults of one request. */
export const FAULTS: readonly (readonly [string, EmulatorFault])[] = [
  ['a lost answer', { kind: 'reset', when: 'after-effect' }],
  ['a request that was lost', { kind: 'reset', when: 'before-effect' }],
  ['an incomplete answer', { kind: 'truncated' }],
  ['a proxy’s page', { kind: 'html' }],
  ['a hang after the work is done', { kind: 'unanswered' }],
  ['a hang', { kind: 'hang' }],
  ['503', { kind: 'status', status: 503 }],
  ['429 with a pause', { kind: 'status', status: 429, retryAfterSeconds: 0 }],
  ['429 without words', { kind: 'status', status: 429 }],
  ['413 without words', { kind: 'status', status: 413 }],
  ['403', { kind: 'status', status: 403 }],
  ['500 without a body', { kind: 'status', status: 500 }],
];

/** The faults after which something must be looked up, without comparing times. */
const OF_UNKNOWN_OUTCOME = FAULTS.filter(([, { kind }]) => kind === 'reset' || kind === 'unanswered');

/** The same account, used by a host app whose clock is wrong. */
function withClockOff(subject: EmulatedSubject, offMs: number, basicUploadMaxBytes: number) {
  const { clock } = subject;
  const skewed = {
    now: () => clock.now() + offMs,
    sleep: (delayMs: number, signal?: AbortSignal) => clock.sleep(delayMs, signal),
  };
  return subject.with({ clock: skewed, basicUploadMaxBytes, scheduledDeletionDays: 30 }).storage;
}

/** A fault's name: how long it lasts, and which request gets it. */
type Place = 'once at the creation' | 'lasting at the creation' | 'once at the read-back' | 'lasting at the read-back';

const PLACES: readonly { readonly where: Place; readonly matches: typeof isCreation; readonly times: number }[] = [
  { where: 'once at the creation', matches: isCreation, times: 1 },
  { where: 'lasting at the creation', matches: isCreation, times: 99 },
  { where: 'once at the read-back', matches: isReadBack, times: 1 },
  { where: 'lasting at the read-back', matches: isReadBack, times: 99 },
];

/** One creation under one fault. */
export interface CreationFault {
  /** How the bytes are to be sent. */
  readonly way: 'one form' | 'tus';
  /** By how much the host app's clock is ahead of the provider's. */
  readonly offMs: number;
  /** Name of the fault. */
  readonly name: string;
  /** How long it lasts, and which request gets it. */
  readonly where: Place;
}

/** Declares tests: each chosen creation leaves one upload with its ticket at the provider, or nothing. */
export function describeLeftAtProvider(isChosen: (creation: CreationFault) => boolean): void {
  afterEach(() => subjects.dispose());

  describe.each([
    ['one form', 200_000_000],
    ['tus', 0],
  ] as const)('what a creation by %s leaves at the provider: one upload with its ticket, or nothing', (way, limit) => {
    describe.each([-HOUR_MS, 0, HOUR_MS])('with a clock that is %i ms off', (offMs) => {
      const cases = (offMs === 0 ? FAULTS : OF_UNKNOWN_OUTCOME).flatMap(([name, fault]) =>
        PLACES.filter(({ where }) => isChosen({ way, offMs, name, where })).map(
          ({ where, matches, times }) => [name, where, fault, matches, times] as const,
        ),
      );
      test.each(cases)('%s, %s', async (_name, _where, fault, matches, times) => {
        const subject = await subjects.create(
          {},
          { tusMetaKeys: 'lower-case', tusKeysNotTaken: ['scheduleddeletion'] },
        );
        const storage = withClockOff(subject, offMs, limit);
        subject.emulator.failNext(fault, { matches, times });
        const outcome = await storage.getUploadUrl(film, { timeoutMs: 150 }).then(
          (ticket) => ticket,
          (error: unknown) => error,
        );
        const isCreated = !(outcome instanceof Error);
        if (!isCreated) expect(outcome).toMatchObject({ uploadId: expect.stringMatching(/^[0-9a-f]{32}$/) });
        expect(await occupied(subject)).toEqual(isCreated ? [1, RESERVED_MINUTES] : [0, 0]);
      });
    });
  });
}
