import type { CloudflareStreamEmulatorOptions } from '@videostorage/emulators';
import { afterEach, describe, expect, test } from 'vitest';
import { type ApiOperation, apiOperations, type UploadIds } from '../test-support/api-operations.ts';
import { FAULTS } from '../test-support/describe-left-at-provider.ts';
import { prepareAccount } from '../test-support/prepared-account.ts';
import type { EmulatedSubject } from '../test-support/subject.ts';
import { Subjects } from '../test-support/subjects.ts';

import type { CloudflareStreamStorage } from './cloudflare-stream-storage.ts';

const subjects = new Subjects();
afterEach(() => subjects.dispose());

const HOUR_MS = 3_600_000;
/** What the documents leave open, in both readings, seen by hosts whose clocks are on and off. */
const READINGS: readonly (readonly [string, CloudflareStreamEmulatorOptions, offMs: number])[] = [
  ['as the documents say it', {}, 0],
  ['as the documents say it, seen by a clock that is an hour slow', {}, -HOUR_MS],
  [
    'as they may also be read, seen by a clock that is an hour fast',
    { errorKeys: 'err', routerCode: 7000, hasUnknownFields: true, tusMetaKeys: 'lower-case' },
    HOUR_MS,
  ],
];
/** Ports, times, and what is made anew each time. */
const CHANCE =
  /127\.0\.0\.1:\d+|\d{4}-\d\d-\d\dT[\d:.]+Z|[0-9a-f]{32}|(?<="(?:id|secret|pem|jwk)":")[^"]+|(?<="percentComplete":)[\d.]+/g;
/** What changes something; creations of uploads are `left-at-provider.full.test.ts`'s. */
const CHANGES =
  /^(?:confirm|abort|delete|update|adopt)|^(?:webhooks\.(?:un)?subscribe|signingKeys\.create|captions\.(?:upload|generate|delete)|downloads\.(?:create|delete))$/;
const changing = apiOperations.filter(({ name }) => CHANGES.test(name));

/** All that the account holds, without what is chance in it. */
async function heldBy({ emulator }: EmulatedSubject, { videoId }: UploadIds): Promise<unknown> {
  const ask = async (path: string): Promise<unknown> => {
    const url = `${emulator.apiOrigin}/client/v4/accounts/${emulator.accountId}/stream${path}`;
    const answer = await fetch(url, { headers: { authorization: `Bearer ${emulator.apiToken}` } });
    return answer.ok ? ((await answer.json()) as { readonly result: unknown }).result : answer.status;
  };
  const paths = ['?limit=1000', '/storage-usage', '/keys', '/webhook', `/${videoId}/captions`, `/${videoId}/downloads`];
  await emulator.finishProcessing();
  const text = JSON.stringify(await Promise.all(paths.map(ask)));
  return JSON.parse(text.replaceAll(videoId, 'the video').replaceAll(CHANCE, '0'));
}

function outcomeOf(
  { run }: ApiOperation,
  storage: CloudflareStreamStorage,
  ids: UploadIds,
  timeoutMs = 60_000,
): Promise<unknown> {
  return run(storage, ids, { timeoutMs }).then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe.each(READINGS)('%s', (_reading, emulated, offMs) => {
  describe.each(changing.map((operation) => [operation.name, operation] as const))('%s', (_name, operation) => {
    test('leaves what was there or what it shall leave, whatever fails; and does its work when it is called again', async () => {
      const sound = await prepareAccount(subjects, operation, { emulated, offMs });
      const before = await heldBy(sound.subject, sound.ids);
      expect(await outcomeOf(operation, sound.storage, sound.ids)).toBeUndefined();
      const done = await heldBy(sound.subject, sound.ids);
      for (const [fault, script] of FAULTS) {
        for (const times of [1, 99]) {
          const { subject, storage, ids } = await prepareAccount(subjects, operation, { emulated, offMs });
          let isOver = false;
          const matches = ({ url = '' }) => !isOver && url.startsWith('/client/v4/');
          subject.emulator.failNext(script, { matches, times });
          const error = await outcomeOf(operation, storage, ids, 300);
          isOver = true;
          const left = await heldBy(subject, ids);
          const what = `${fault}, ${times} times`;
          if (error === undefined) expect(left, what).toEqual(done);
          else expect([before, done], what).toContainEqual(left);
          if (operation.class !== 'always') continue;
          expect(await outcomeOf(operation, storage, ids), what).toBeUndefined();
          expect(await heldBy(subject, ids), what).toEqual(done);
        }
      }
    });
  });
});
