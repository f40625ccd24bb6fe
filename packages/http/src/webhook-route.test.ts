import { NotUploadedError, VideoNotFoundError, type WebhookRequest } from '@videostorage/core';
import { fixtures, sendTicket } from '@videostorage/testing';
import { beforeEach, expect, test } from 'vitest';
import { film, HttpWorld, memoryStorage, ORIGIN } from '../test-support/http-world.ts';

let hookError: Error | undefined;
let ready: string[];
let world: HttpWorld;
beforeEach(() => {
  hookError = undefined;
  ready = [];
  world = new HttpWorld({
    service: {
      hooks: {
        onVideoReady: async ({ id }) => {
          if (hookError !== undefined) throw hookError;
          ready.push(id);
        },
      },
    },
    // A provider has no session, and sends no page's `Origin`.
    routes: { actor: () => expect.unreachable() },
  });
});

/** A delivery, as a provider sends it. */
function deliver({ rawBody, headers }: WebhookRequest, over: Readonly<Record<string, string>> = {}, name = 'memory') {
  const init = { method: 'POST', body: new Uint8Array(rawBody), headers: { ...headers, ...over } };
  return world.routes.fetch(new Request(`${ORIGIN}/api/video/webhooks/${name}`, init));
}

/** An upload that has arrived, and its webhook. */
async function arrived(): Promise<WebhookRequest> {
  const { fileName, mimeType } = fixtures.moovFirst;
  const actor = { userId: 'ada', roles: [] };
  const ticket = await world.service.getUploadUrl(actor, { fileName, mimeType, sizeBytes: film.length });
  await sendTicket(ticket, film, mimeType, { fetch: (sent) => world.storage.fetch(sent) });
  await world.service.confirmUpload(actor, ticket.uploadReference);
  world.storage.provider.settle();
  const [video] = (await world.storage.listVideos()).videos;
  return world.storage.webhooks.deliver(video?.videoId ?? '');
}

test('the raw bytes are verified, whatever their content type and origin', async () => {
  const request = await arrived();
  const answer = await deliver(request, { 'content-type': 'text/plain', origin: 'https://evil.example' });
  expect([answer.status, await answer.json()]).toEqual([200, {}]);
  expect(ready).toHaveLength(1);
  expect((await deliver(request)).status).toBe(200);
  expect(ready).toHaveLength(1);
});

test('one byte more, or another secret, is 401; a body that is not a webhook is refused too', async () => {
  const request = await arrived();
  const longer = new Uint8Array([...request.rawBody, 0x20]);
  const refused = await deliver({ ...request, rawBody: longer });
  expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([401, 'Webhook-Signature']);
  expect([400, 401]).toContain((await deliver({ rawBody: new Uint8Array(), headers: {} })).status);
  expect(ready).toEqual([]);
});

test('404 for a storage that does not exist or has no webhooks', async () => {
  const request = await arrived();
  for (const name of ['other', '__proto__', 'memory%00', 'MEMORY']) {
    const answer = await deliver(request, {}, name);
    expect([answer.status, await answer.json()]).toMatchObject([404, { error: { code: 'NOT_FOUND' } }]);
  }
  const without = Object.defineProperty(memoryStorage(), 'webhooks', { value: undefined });
  world = new HttpWorld({ storage: without });
  const answer = await deliver(request);
  expect([answer.status, await answer.json()]).toMatchObject([404, { error: { code: 'NOT_FOUND' } }]);
});

test.each([new Error('mail server down'), new NotUploadedError(), new VideoNotFoundError()])(
  'a hook that fails with %s is a 5xx, so that the sender tries again; then it succeeds',
  async (error) => {
    const request = await arrived();
    hookError = error;
    expect((await deliver(request)).status).toBe(500);
    expect(world.log).toMatchObject([{ event: 'request.failed', operation: 'handleWebhook' }]);
    expect(world.log[0]?.message).toContain(error.message);
    hookError = undefined;
    expect((await deliver(request)).status).toBe(200);
    expect(ready).toHaveLength(1);
  },
);

test('an outage of the storage is answered with its own status and code', async () => {
  const request = await arrived();
  world.storage.provider.failNext('server-error');
  const answer = await deliver(request);
  expect([answer.status, await answer.json()]).toMatchObject([502, { error: { code: 'BACKEND_UNAVAILABLE' } }]);
});

test('256 KiB are read, one byte more is 413, before anything is verified', async () => {
  const sized = (bytes: number) => deliver({ rawBody: new Uint8Array(bytes), headers: {} });
  expect((await sized(256 * 1024)).status).toBeLessThan(402);
  expect((await sized(256 * 1024 + 1)).status).toBe(413);
});
