import type { EmulatorFault } from '@videostorage/emulators';
import { afterEach, expect, test } from 'vitest';
import {
  describeExpiredTicket,
  describeResumption,
  describeRetries,
  KINDS_OF_FAULTS,
} from '../test-support/backend-suites.ts';
import { fileOf, filmBytes } from '../test-support/film.ts';
import { openPage } from '../test-support/open-page.ts';
import { UploadHost } from '../test-support/upload-host.ts';

/** S3 sends it when a connection was idle. */
const REQUEST_TIMEOUT = '<?xml version="1.0"?><Error><Code>RequestTimeout</Code><Message>Idle.</Message></Error>';
const STATUSES: readonly EmulatorFault[] = [
  ...[408, 425, 429, 500, 502, 503, 504].map((status): EmulatorFault => ({ kind: 'status', status })),
  { kind: 'status', status: 400, body: REQUEST_TIMEOUT },
];

for (const name of ['stream-form', 'stream-tus'] as const) {
  describeResumption(name);
  describeExpiredTicket(name);
}
describeResumption('s3-form');
describeRetries('s3-form', [...STATUSES, ...KINDS_OF_FAULTS]);
describeRetries('stream-form', KINDS_OF_FAULTS);

let host: UploadHost | undefined;
afterEach(() => host?.stop());

test('signatures are requested once for several parts although this computer’s clock is a day ahead', async () => {
  const running = await UploadHost.start('s3-parts');
  host = running;
  const clock = { now: () => running.clock.now() + 25 * 3_600_000, sleep: running.clock.sleep };
  const upload = openPage(running, { clock, maxParts: 1 }).upload(fileOf(await filmBytes(6_000_000)));
  expect(await upload.done).toMatchObject({ status: 'ready' });
  expect(running.requests.filter((line) => line.endsWith('/parts'))).toHaveLength(1);
});
