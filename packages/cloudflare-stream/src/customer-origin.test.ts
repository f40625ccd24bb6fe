import { getEventListeners } from 'node:events';
import { type CallRunner, RetryHandler, Secret, StorageCall, systemClock } from '@videostorage/core';
import { expect, test } from 'vitest';
import { CloudflareApi } from './cloudflare-api.ts';
import { CloudflareClient } from './cloudflare-client.ts';
import { CustomerOrigin } from './customer-origin.ts';
import type { HttpSend } from './http/http-send.ts';
import { ProviderTime } from './provider-time.ts';
import { videoDetailsSchema } from './video-details.ts';

const VIDEO = '6b9e68b07dfee8cc2d116e4c51d6a957';
const retryHandler = new RetryHandler();

function newCall(timeoutMs: number): StorageCall {
  return new StorageCall('getPlaybackUrl', { timeoutMs }, retryHandler, () => {});
}

/** Its own calls end after so many milliseconds. */
function originOver(send: HttpSend, timeoutMs: number): CustomerOrigin {
  const providerTime = new ProviderTime(systemClock);
  const account = { apiOrigin: 'https://api.example.com', accountId: '0'.repeat(32), apiToken: new Secret('t') };
  const client = new CloudflareClient(new CloudflareApi({ send, clock: systemClock, providerTime, ...account }));
  const run: CallRunner = async (_operation, _options, work) => {
    const call = newCall(timeoutMs);
    try {
      return await work(call);
    } finally {
      call.release();
    }
  };
  return new CustomerOrigin(client, {}, run);
}

test('an API that hangs is TIMEOUT for all waiting callers, and the next caller sends a new request', async () => {
  let asked = 0;
  const hang: HttpSend = ({ signal }) => {
    asked += 1;
    return new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(signal.reason)));
  };
  const origin = originOver(hang, 20);
  const call = newCall(60_000);
  const listeners = getEventListeners(call.signal, 'abort').length;
  const waiting = [origin.get(VIDEO, call), origin.get(VIDEO, call)];
  for (const outcome of await Promise.allSettled(waiting)) {
    expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'TIMEOUT' } });
  }
  expect(asked).toBe(1);
  await expect(origin.get(VIDEO, call)).rejects.toMatchObject({ code: 'TIMEOUT' });
  expect(asked).toBe(2);
  expect(getEventListeners(call.signal, 'abort')).toHaveLength(listeners);
  call.release();
});

test('a caller who has aborted does not wait for the others, and sends no request', async () => {
  const reason = new Error('gone');
  const controller = new AbortController();
  const calls = [0, 1].map(
    () => new StorageCall('getPlaybackUrl', { signal: controller.signal }, retryHandler, () => {}),
  );
  const [underWay, fresh] = calls;
  expect(underWay?.signal.aborted).toBe(false);
  controller.abort(reason);
  let asked = 0;
  const hang: HttpSend = ({ signal }) => {
    asked += 1;
    return new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(signal.reason)));
  };
  const origin = originOver(hang, 50);
  expect(() => fresh && origin.get(VIDEO, fresh)).toThrow(reason);
  expect(asked).toBe(0);
  const call = newCall(60_000);
  expect(await Promise.allSettled([origin.get(VIDEO, call), underWay && origin.get(VIDEO, underWay)])).toMatchObject([
    { status: 'rejected', reason: { code: 'TIMEOUT' } },
    { status: 'rejected', reason },
  ]);
  for (const each of [...calls, call]) each.release();
});

const CUSTOMER = 'https://customer-f33zs165nr7gyfy4.cloudflarestream.com';

test.each([
  [{ playback: { hls: `${CUSTOMER}/${VIDEO}/manifest/video.m3u8` } }, CUSTOMER],
  [{ preview: `${CUSTOMER}/${VIDEO}/watch` }, CUSTOMER],
  [{ thumbnail: `${CUSTOMER}/${VIDEO}/thumbnails/thumbnail.jpg` }, CUSTOMER],
  [
    { playback: { hls: `https://videodelivery.net/${VIDEO}/manifest/video.m3u8` }, preview: `${CUSTOMER}/watch` },
    CUSTOMER,
  ],
  [{ playback: null, preview: `https://watch.cloudflarestream.com/${VIDEO}` }, undefined],
  [{ thumbnail: `https://videodelivery.net/${VIDEO}/thumbnails/thumbnail.jpg` }, undefined],
  [{ preview: `https://iframe.videodelivery.net/${VIDEO}` }, undefined],
  [{ preview: 'javascript:alert(1)' }, undefined],
  [{ preview: 'no url' }, undefined],
])('%j names the playback host %s: never one of the old hosts, which have other paths', (urls, expected) => {
  const video = videoDetailsSchema.parse({ uid: VIDEO, created: '2026-11-23T02:15:00Z', ...urls });
  expect(video.playbackOrigin).toBe(expected);
});
