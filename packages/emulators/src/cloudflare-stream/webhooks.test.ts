import { createHmac } from 'node:crypto';
import { openAsBlob } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fixtures, ManualClock } from '@videostorage/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { StreamTestClient } from '../../test-support/stream-test-client.ts';
import { CloudflareStreamEmulator } from './cloudflare-stream-emulator.ts';
import { webhookSignature } from './webhook-signature.ts';

let emulator: CloudflareStreamEmulator;
let client: StreamTestClient;
let receiver: Server;
let received: { readonly body: string; readonly signature: string }[];
let arrived: () => void;
const clock = new ManualClock();

beforeEach(async () => {
  emulator = await CloudflareStreamEmulator.start({ clock });
  client = new StreamTestClient(emulator);
  received = [];
  arrived = () => undefined;
  receiver = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString('utf8');
    received.push({ body, signature: String(request.headers['webhook-signature']) });
    response.end();
    arrived();
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  await emulator.stop();
  receiver.closeAllConnections();
  await new Promise((resolve) => receiver.close(resolve));
});

async function subscribe(): Promise<string> {
  const notificationUrl = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`;
  const { body } = await client.api('PUT', '/webhook', { notificationUrl });
  return String(body.result['secret']);
}

async function upload(): Promise<string> {
  return client.upload(await openAsBlob(fixtures.moovFirst.path));
}

function uids(): unknown[] {
  return received.map(({ body }) => JSON.parse(body).uid);
}

function isSignedBy(secret: string, { body, signature }: { body: string; signature: string }): boolean {
  const [, time = '', sig1] = /^time=(\d+),sig1=([0-9a-f]{64})$/.exec(signature) ?? [];
  return createHmac('sha256', secret).update(`${time}.${body}`).digest('hex') === sig1;
}

test('the signature is that of the documented example', () => {
  const body = '{"uid":"6b9e68b07dfee8cc2d116e4c51d6a957","readyToStream":true}';
  expect(webhookSignature(body, '85011ed3a913c6ad5f9cf6c5573cc0a7', 1_230_811_200_000)).toBe(
    'time=1230811200,sig1=baf8b35ee3c62e48ad7217a648ab1dbaa8ff5d589bd99b023bf821f86cf27f24',
  );
});

test('a webhook is sent once at the end of processing, by the clock, with the bare video', async () => {
  const secret = await subscribe();
  const uid = await upload();
  clock.advance(2999);
  expect(received).toEqual([]);
  const sent = new Promise<void>((resolve) => {
    arrived = resolve;
  });
  clock.advance(1);
  await sent;
  await emulator.finishProcessing();
  expect(received).toHaveLength(1);
  expect(JSON.parse(received[0]?.body ?? '')).toMatchObject({
    uid,
    status: { state: 'ready', pctComplete: '39.000000' },
  });
  expect(received.every((each) => isSignedBy(secret, each))).toBe(true);
});

test('on request, deliveries arrive twice, out of order, forged or never', async () => {
  const secret = await subscribe();
  const one = await upload();
  emulator.troubleNextWebhook('duplicate');
  await emulator.finishProcessing();
  expect(uids()).toEqual([one, one]);
  emulator.troubleNextWebhook('lost');
  await upload();
  await emulator.finishProcessing();
  expect(uids()).toEqual([one, one]);
  emulator.troubleNextWebhook('held');
  const [held, next] = [await upload(), await upload()];
  await emulator.finishProcessing();
  expect(uids()).toEqual([one, one, next, held]);
  expect(received.every((each) => isSignedBy(secret, each))).toBe(true);
  emulator.troubleNextWebhook('forged');
  await upload();
  await emulator.finishProcessing();
  expect(received.map((each) => isSignedBy(secret, each))).toEqual([true, true, true, true, false]);
  expect(emulator.webhookDeliveries.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
});

test('a delivery can be late by the clock: signed earlier, arriving now', async () => {
  const secret = await subscribe();
  emulator.troubleNextWebhook({ delayMs: 600_000 });
  const late = await upload();
  await emulator.finishProcessing();
  const signedAtSeconds = Math.floor(clock.now() / 1000);
  const next = await upload();
  await emulator.finishProcessing();
  expect(uids()).toEqual([next]);
  const sent = new Promise<void>((resolve) => {
    arrived = resolve;
  });
  clock.advance(600_000);
  await sent;
  expect(uids()).toEqual([next, late]);
  expect(received.every((each) => isSignedBy(secret, each))).toBe(true);
  expect(received[1]?.signature).toContain(`time=${signedAtSeconds},`);
});

test('a delivery to a receiver that is missing or refuses is recorded, and not sent again', async () => {
  await subscribe();
  await new Promise((resolve) => receiver.close(resolve));
  await upload();
  await emulator.finishProcessing();
  expect(emulator.webhookDeliveries).toEqual([{ uid: expect.any(String) }]);
});

test('an error is sent too', async () => {
  await subscribe();
  await client.upload(await openAsBlob(fixtures.text.path));
  await emulator.finishProcessing();
  expect(JSON.parse(received[0]?.body ?? '')).toMatchObject({
    status: { state: 'error', errorReasonCode: 'ERR_NON_VIDEO' },
  });
});

test('there is one webhook, the last one, and it can be removed', async () => {
  expect((await client.api('GET', '/webhook')).status).toBe(404);
  const first = await subscribe();
  const second = await subscribe();
  expect(second).not.toBe(first);
  expect((await client.api('GET', '/webhook')).body.result['secret']).toBe(second);
  expect((await client.api('DELETE', '/webhook')).status).toBe(200);
  await upload();
  await emulator.finishProcessing();
  expect(received).toEqual([]);
});

test('a webhook to this computer is refused when `allowLoopbackWebhooks` is false', async () => {
  await emulator.stop();
  emulator = await CloudflareStreamEmulator.start({ clock, allowLoopbackWebhooks: false });
  client = new StreamTestClient(emulator);
  for (const notificationUrl of [
    ...['http://localhost:1/', 'http://a.localhost/', 'http://127.0.0.1/', 'http://2130706433/', 'http://[::1]/'],
    ...['http://[::ffff:127.0.0.1]/', 'http://0.0.0.0/', 'ftp://a.example/', 'x', 7],
  ])
    expect((await client.api('PUT', '/webhook', { notificationUrl })).status).toBe(400);
  expect((await client.api('PUT', '/webhook', { notificationUrl: 'https://a.example/' })).status).toBe(200);
});

test('notify returns a request as it would arrive', async () => {
  const uid = await upload();
  const { rawBody, headers } = emulator.notify(uid);
  const body = new TextDecoder().decode(rawBody);
  expect(JSON.parse(body)).toMatchObject({ uid, status: { state: 'queued' } });
  expect(isSignedBy(emulator.webhookSecret, { body, signature: String(headers['webhook-signature']) })).toBe(true);
});

test('a redirect is an answer like any other: it is not followed', async () => {
  const secret = await subscribe();
  receiver.prependListener('request', (_request, response) => response.writeHead(302, { location: '/elsewhere' }));
  await upload();
  await emulator.finishProcessing();
  expect(emulator.webhookDeliveries.map(({ status }) => status)).toEqual([302]);
  expect(received.map((delivery) => isSignedBy(secret, delivery))).toEqual([true]);
});
