import type { CloudflareStreamEmulatorOptions } from '@videostorage/emulators';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { CloudflareStreamStorage } from '../src/cloudflare-stream-storage.ts';
import { type ApiOperation, apiOperations, type UploadIds } from './api-operations.ts';
import { FAULTS } from './describe-left-at-provider.ts';
import { prepareAccount } from './prepared-account.ts';
import type { EmulatedSubject } from './subject.ts';
import { Subjects } from './subjects.ts';

const subjects = new Subjects();
const ofThisComputer = globalThis.fetch;
const HOUR_MS = 3_600_000;
/** The faults after which something must be looked up: only for these a wrong clock could matter. */
const OF_UNKNOWN_OUTCOME = FAULTS.filter(([, { kind }]) => kind === 'reset' || kind === 'unanswered');
/** One way to understand what Cloudflare's documentation leaves open. */
export type Reading = 'as the documents say it' | 'as they may also be read';
const READINGS: Readonly<Record<Reading, CloudflareStreamEmulatorOptions>> = {
  'as the documents say it': {},
  'as they may also be read': {
    ...{ errorKeys: 'err', routerCode: 7000, hasUnknownFields: true, tusMetaKeys: 'lower-case' },
  },
};
/** The name of a host app's clock, and by how many milliseconds it is ahead of the provider's. */
export type HostClock = readonly [string, offMs: number];
export const ON: HostClock = ['by a clock that is on time', 0];
const SLOW: HostClock = ['by a clock that is an hour slow', -HOUR_MS];
export const FAST: HostClock = ['by a clock that is an hour fast', HOUR_MS];

/** Ports, times, and random values, which differ in each run. */
const VARIABLE_TEXT =
  /127\.0\.0\.1:\d+|\d{4}-\d\d-\d\dT[\d:.]+Z|[0-9a-f]{32}|(?<="(?:id|secret|pem|jwk)":")[^"]+|(?<="percentComplete":)[\d.]+/g;
/** The operations that change something; `left-at-provider.full.test.ts` has the creations of uploads. */
const CHANGES =
  /^(?:confirm|abort|delete|update|adopt|sweep)|^(?:copyFromUrl\.start|webhooks\.(?:un)?subscribe|signingKeys\.(?:create|delete)|captions\.(?:upload|generate|delete)|downloads\.(?:create|delete))$/;
const changing = apiOperations.filter(({ name }) => CHANGES.test(name));

/** Everything in the account, without the values that differ in each run. */
async function contentsOf({ emulator }: EmulatedSubject, { videoId }: UploadIds): Promise<unknown> {
  const ask = async (path: string): Promise<unknown> => {
    const url = `${emulator.apiOrigin}/client/v4/accounts/${emulator.accountId}/stream${path}`;
    const answer = await fetch(url, { headers: { authorization: `Bearer ${emulator.apiToken}` } });
    return answer.ok ? ((await answer.json()) as { readonly result: unknown }).result : answer.status;
  };
  const paths = ['?limit=1000', '/storage-usage', '/keys', '/webhook', `/${videoId}/captions`, `/${videoId}/downloads`];
  await emulator.finishProcessing();
  const text = JSON.stringify(await Promise.all(paths.map(ask)));
  return JSON.parse(text.replaceAll(videoId, 'the video').replaceAll(VARIABLE_TEXT, '0'));
}

/** The error of a call, or its answer when that says that something is left to do; else undefined. */
function outcomeOf(
  { run }: ApiOperation,
  storage: CloudflareStreamStorage,
  ids: UploadIds,
  timeoutMs = 60_000,
): Promise<unknown> {
  return run(storage, ids, { timeoutMs }).then(
    (answer) => (isUnfinished(answer) ? answer : undefined),
    (error: unknown) => error,
  );
}

/**
 * Whether a sweep has work left: it reports failed requests, and the next sweep continues after them; only the one after that
 * begins at the start again.
 */
function isUnfinished(answer: unknown): boolean {
  const { failures, more } = (answer ?? {}) as { readonly failures?: readonly unknown[]; readonly more?: boolean };
  return more === true || (failures ?? []).length > 0;
}

/**
 * Declares what each change leaves after each fault. The clock `thorough` is tested with all faults, the other clocks with
 * those of unknown outcome.
 */
export function describeLeftAfterFault(reading: Reading, thorough: HostClock): void {
  beforeEach(() => {
    // The emulator fetches copies by it; nothing here goes to the internet.
    vi.stubGlobal('fetch', async (url: string | URL | Request, init?: RequestInit) => {
      const { href } = new URL(url instanceof Request ? url.url : url);
      if (!href.startsWith('http://127.0.0.1:')) throw new TypeError('There is no such server.');
      return ofThisComputer(url, init);
    });
  });
  afterEach(() => {
    vi.unstubAllGlobals();
    return subjects.dispose();
  });

  const emulated = READINGS[reading];
  describe.each([SLOW, ON, FAST])(`${reading}, seen %s`, (clock, offMs) => {
    const faults = clock === thorough[0] ? FAULTS : OF_UNKNOWN_OUTCOME;
    describe.each(changing.map((operation) => [operation.name, operation] as const))('%s', (_name, operation) => {
      test('leaves either the state before or the state after it, whatever fails, and completes when it is called again', async () => {
        const sound = await prepareAccount(subjects, operation, { emulated, offMs });
        const before = await contentsOf(sound.subject, sound.ids);
        expect(await outcomeOf(operation, sound.storage, sound.ids)).toBeUndefined();
        const done = await contentsOf(sound.subject, sound.ids);
        const expectLeft = async ([fault, script]: (typeof FAULTS)[number], times: number, first = 1) => {
          const { subject, storage, ids } = await prepareAccount(subjects, operation, { emulated, offMs });
          let isOver = false;
          let seen = 0;
          const matches = ({ url = '' }) => !isOver && url.startsWith('/client/v4/') && ++seen >= first;
          subject.emulator.failNext(script, { matches, times });
          const error = await outcomeOf(operation, storage, ids, 300);
          isOver = true;
          const left = await contentsOf(subject, ids);
          const what = `${fault}, ${times} times from request ${first} on`;
          if (error === undefined) expect(left, what).toEqual(done);
          else expect([before, done], what).toContainEqual(left);
          if (operation.class !== 'always') return;
          if (isUnfinished(error)) await outcomeOf(operation, storage, ids);
          expect(await outcomeOf(operation, storage, ids), what).toBeUndefined();
          expect(await contentsOf(subject, ids), what).toEqual(done);
        };
        for (const fault of faults) {
          await Promise.all([expectLeft(fault, 1), expectLeft(fault, 99)]);
          // The first request of a sweep lists; the requests for one video follow.
          if (operation.name === 'sweep') await Promise.all([expectLeft(fault, 1, 2), expectLeft(fault, 99, 2)]);
        }
      });
    });
  });
}
