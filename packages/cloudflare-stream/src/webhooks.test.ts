import { createHmac } from 'node:crypto';
import { RetryHandler, type WebhookRequest } from '@videostorage/core';
import { afterEach, describe, expect, test } from 'vitest';
import { confirmed, Subjects, upload } from '../test-support/subjects.ts';
import { CloudflareStreamStorage } from './cloudflare-stream-storage.ts';

const SECRET = '85011ed3a913c6ad5f9cf6c5573cc0a7';
const TIME = 1_230_811_200;
const VIDEO = '6b9e68b07dfee8cc2d116e4c51d6a957';
const subjects = new Subjects();
const { webhooks } = new CloudflareStreamStorage({
  ...{ accountId: '0'.repeat(32), apiToken: 't', referenceSecrets: ['x'.repeat(32)], webhookSecrets: [SECRET] },
  clock: { now: () => TIME * 1000, sleep: () => new Promise(() => {}) },
});

afterEach(() => subjects.dispose());

function call(body: string | Uint8Array, time = TIME): WebhookRequest {
  const rawBody = typeof body === 'string' ? new TextEncoder().encode(body) : body;
  const signature = createHmac('sha256', SECRET).update(`${time}.`).update(rawBody).digest('hex');
  return { rawBody, headers: { 'webhook-signature': `time=${time},sig1=${signature}` } };
}

describe('reading', () => {
  test('the provider’s own test vector is an event of its video', async () => {
    const body = `{"uid":"${VIDEO}","readyToStream":true}`;
    expect(await webhooks.parse(call(body))).toEqual([
      { eventKey: `${VIDEO}.pendingupload.${TIME}`, videoId: VIDEO, occurredAt: '2009-01-01T12:00:00.000Z' },
    ]);
  });

  test('T-G6: the key is that of the event: video, state and time of change; not of the delivery', async () => {
    const bodyOf = (state: string, modified: string) => JSON.stringify({ uid: VIDEO, status: { state }, modified });
    const keyOf = async (body: string, time = TIME) => (await webhooks.parse(call(body, time)))[0]?.eventKey;
    const first = await keyOf(bodyOf('ready', '2026-11-23T02:15:00Z'));
    expect(await keyOf(bodyOf('ready', '2026-11-23T02:15:00Z'), TIME + 200)).toBe(first);
    expect(await keyOf(bodyOf('error', '2026-11-23T02:15:00Z'))).not.toBe(first);
    expect(await keyOf(bodyOf('ready', '2026-11-23T02:15:01Z'))).not.toBe(first);
  });

  test.each([
    ['no JSON', 'x'],
    ['null', 'null'],
    ['a list', '[]'],
    ['a text', '"uid"'],
    ['no uid', '{}'],
    ['a uid that is a path', '{"uid":"../../keys"}'],
    ['bytes that are not UTF-8', Uint8Array.of(0x7b, 0xff, 0x7d)],
    ['a text that is not UTF-8', new Uint8Array(Buffer.from(`{"uid":"${VIDEO}","meta":{"name":"\xff"}}`, 'latin1'))],
    ['deep nesting', `{"uid":${'['.repeat(100_000)}`],
  ])('%s is malformed, though it is signed', async (_name, body) => {
    await expect(webhooks.parse(call(body))).rejects.toMatchObject({
      code: 'WEBHOOK_MALFORMED',
      cause: expect.any(Error),
    });
  });

  test('T-I2: a prototype cannot be reached', async () => {
    await webhooks.parse(call(`{"uid":"${VIDEO}","__proto__":{"isAdmin":true},"meta":{"__proto__":{"isAdmin":true}}}`));
    expect(({} as { readonly isAdmin?: unknown }).isAdmin).toBeUndefined();
  });

  test('more than 256 KiB is refused before it is parsed', async () => {
    const request = call(`{"uid":"${VIDEO}","pad":"${'x'.repeat(256 * 1024)}"}`);
    await expect(webhooks.parse(request)).rejects.toMatchObject({ code: 'WEBHOOK_MALFORMED' });
    const rawBody = request.rawBody.subarray(0, 256 * 1024);
    await expect(webhooks.parse({ ...request, rawBody })).rejects.toMatchObject({ code: 'WEBHOOK_SIGNATURE_INVALID' });
  });
});

describe('subscribing', () => {
  test('subscribe, read, unsubscribe; the secret verifies what is sent', async () => {
    const subject = await subjects.create();
    const url = 'http://127.0.0.1:1/hook';
    expect(await subject.storage.webhooks.read()).toBeUndefined();
    const { secret, notificationUrl } = await subject.storage.webhooks.subscribe(url);
    expect(notificationUrl).toBe(url);
    expect(JSON.stringify({ secret })).toBe('{"secret":"[secret]"}');
    expect((await subject.storage.webhooks.read())?.secret.reveal()).toEqual(secret.reveal());
    const { videoId } = await upload(subject);
    const { storage } = subject.with({ webhookSecrets: ['0'.repeat(32), secret] });
    const [event] = await storage.webhooks.parse(subject.emulator.notify(videoId));
    expect(event?.videoId).toBe(videoId);
    await subject.storage.webhooks.unsubscribe();
    expect(await subject.storage.webhooks.read()).toBeUndefined();
    await subject.storage.webhooks.unsubscribe();
  });

  test.each(['', 'example.org', 'ftp://example.org/', 'javascript:alert(1)'])('%j is refused', async (url) => {
    const problem = {
      ...{ path: 'notificationUrl', code: 'OPTION_INVALID' },
      message: 'Webhooks can be sent to an http or https URL only.',
    };
    await expect(webhooks.subscribe(url)).rejects.toMatchObject({ problems: [problem] });
  });

  test('the URL is read in both spellings; null is no subscription, and an answer without a URL cannot be read', async () => {
    const subject = await subjects.create({ retryHandler: new RetryHandler({ maxAttempts: 1 }) });
    const answered = (result: unknown) => {
      subject.emulator.failNext({ kind: 'status', status: 200, body: JSON.stringify({ success: true, result }) });
      return subject.storage.webhooks.read();
    };
    const [url, secret] = ['https://example.org/hook', SECRET];
    expect(await answered({ notificationUrl: url, secret })).toMatchObject({ notificationUrl: url });
    expect(await answered({ notification_url: url, secret })).toMatchObject({ notificationUrl: url });
    expect(await answered(null)).toBeUndefined();
    await expect(answered({ secret })).rejects.toMatchObject({ code: 'BACKEND_BAD_RESPONSE' });
  });
});

test('T-A5, T-G7: a webhook of a failure is a hint; the state is read afterwards', async () => {
  const subject = await subjects.create();
  const { videoId } = await confirmed(subject, { maxDurationSeconds: 1 });
  await subject.emulator.finishProcessing();
  const [event] = await subject.storage.webhooks.parse(subject.emulator.notify(videoId));
  expect(event?.eventKey).toMatch(/\.error\./);
  const { status, failure } = await subject.storage.getVideoMetadata(event?.videoId ?? '');
  expect([status, failure?.code]).toEqual(['failed', 'DURATION_EXCEEDED']);
});

test('without a secret every webhook is refused, and the message explains the fix', async () => {
  const subject = await subjects.create({ webhookSecrets: [] });
  const { videoId } = await upload(subject);
  await expect(subject.storage.webhooks.parse(subject.emulator.notify(videoId))).rejects.toMatchObject({
    code: 'WEBHOOK_SIGNATURE_INVALID',
    message: expect.stringContaining('`webhookSecrets`'),
    operation: 'webhooks.parse',
  });
});
