import { fixtures, sendTicket } from '@videostorage/testing';
import { expect, test } from 'vitest';
import { startFailingS3 } from './failing-s3.ts';
import type { HostApp } from './host-app.ts';
import { naiveHostApp } from './naive-host-app.ts';
import { runChaos } from './run-chaos.ts';

const { mimeType } = fixtures.moovFirst;
const film = await fixtures.moovFirst.read();

/** A host app that uploads each file a second time, as when a job is repeated. */
function sendingTwice(host: HostApp): HostApp {
  const keys = new Map<string, string>();
  return {
    ...host,
    getUploadUrl: async (key) => {
      const ticket = await host.getUploadUrl(key);
      keys.set(ticket.uploadReference, key);
      return ticket;
    },
    confirmUpload: async (uploadReference) => {
      await host.confirmUpload(uploadReference);
      const again = await host.getUploadUrl(keys.get(uploadReference) ?? '');
      await sendTicket(again, film, mimeType);
      await host.confirmUpload(again.uploadReference);
    },
  };
}

test('two videos with bytes for one request are counted as repeated', async () => {
  const hostApp: typeof naiveHostApp = (provider, file) => sendingTwice(naiveHostApp(provider, file));
  const report = await runChaos({ uploads: 4, seed: 1, start: startFailingS3, hostApp, faultShare: 0 });
  expect(report).toMatchObject({ endings: { confirmed: 3, 'tab closed': 1 }, known: 6, repeated: 3, lost: 1 });
});
