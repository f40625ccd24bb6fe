import { Secret, systemClock } from '@videostorage/core';
import { afterEach, expect, test, vi } from 'vitest';
import { CloudflareApi } from './cloudflare-api.ts';
import { CloudflareClient } from './cloudflare-client.ts';
import { CustomerOrigin } from './customer-origin.ts';
import type { HttpSend } from './http/http-send.ts';
import { videoDetailsSchema } from './video-details.ts';

const VIDEO = '6b9e68b07dfee8cc2d116e4c51d6a957';

afterEach(() => vi.restoreAllMocks());

function originOver(send: HttpSend): CustomerOrigin {
  const account = { apiOrigin: 'https://api.example.com', accountId: '0'.repeat(32), apiToken: new Secret('t') };
  return new CustomerOrigin(new CloudflareClient(new CloudflareApi({ send, clock: systemClock, ...account })), {});
}

test('an API that stays silent is told as one of our errors, and the next who asks begins anew', async () => {
  const timeUp = new AbortController();
  vi.spyOn(AbortSignal, 'timeout').mockReturnValue(timeUp.signal);
  let asked = 0;
  const origin = originOver(({ signal }) => {
    asked += 1;
    return new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(signal.reason)));
  });
  const waiting = [origin.get(VIDEO), origin.get(VIDEO)];
  timeUp.abort(new DOMException('The operation was aborted due to timeout', 'TimeoutError'));
  for (const each of waiting) {
    await expect(each).rejects.toMatchObject({ code: 'BACKEND_UNAVAILABLE', backendName: 'cloudflare-stream' });
  }
  expect(asked).toBe(1);
  vi.restoreAllMocks();
  void origin.get(VIDEO);
  expect(asked).toBe(2);
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
])('%j tells the playback host %s: never one of the old ones, which have other paths', (urls, expected) => {
  const video = videoDetailsSchema.parse({ uid: VIDEO, created: '2026-11-23T02:15:00Z', ...urls });
  expect(video.playbackOrigin).toBe(expected);
});
