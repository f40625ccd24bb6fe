import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudflareStreamStorage } from '@videostorage/cloudflare-stream';
import { type BaseStorageOptions, RateLimiter, RetryHandler, Secret, type VideoStorage } from '@videostorage/core';
import { CloudFrontEmulator, CloudflareStreamEmulator, S3Emulator } from '@videostorage/emulators';
import { LocalStorage } from '@videostorage/local';
import { S3CloudFrontStorage } from '@videostorage/s3-cloudfront';
import { fixtures, ManualClock, MemoryStorage, sendTicket } from '@videostorage/testing';
import type { ModelBackend } from './service-model.ts';

const SECRET = 'canary-of-the-service-model-0123456789abc';
const KEY_PAIR_ID = 'K2JCJMDEHXQW5F';

const { fileName, mimeType } = fixtures.moovFirst;
const film = await fixtures.moovFirst.read();
// As long as the film, but not a video.
const noise = new Uint8Array(film.length).fill(7);
const file = { fileName, mimeType, sizeBytes: film.length };
const keyPair = generateKeyPairSync('ec', {
  namedCurve: 'P-256',
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});

/** Options of all backends: a clock that stands still, no rate limits, one attempt for each request. */
function common(nowMs = Date.UTC(2026, 10, 23)): BaseStorageOptions & { readonly clock: ManualClock } {
  return {
    clock: new ManualClock({ nowMs }),
    referenceSecrets: [SECRET],
    rateLimiter: new RateLimiter({ upload: [], playback: [] }),
    retryHandler: new RetryHandler({ maxAttempts: 1 }),
  };
}

type Send = (request: Request) => Promise<Response>;

/** Small files are uploaded in one request on all of them, so no parts are signed here. */
function parts(storage: VideoStorage, clock: ManualClock, send: Send): Omit<ModelBackend, 'dispose'> {
  return {
    storage,
    clock,
    file,
    send: (ticket, isGood) => sendTicket(ticket, isGood ? film : noise, mimeType, { fetch: send }),
    play: async (url) => {
      const response = await send(new Request(url));
      await response.arrayBuffer();
      return response.status;
    },
  };
}

/** A provider in this process, which examines only the type. */
export async function memoryBackend(): Promise<ModelBackend> {
  const options = common();
  const storage = new MemoryStorage({ ...options, signingSecret: new Secret(SECRET) });
  const send: Send = (request) => storage.fetch(request);
  return {
    ...parts(storage, options.clock, send),
    send: (ticket, isGood) => sendTicket(ticket, film, isGood ? mimeType : 'video/webm', { fetch: send }),
    settle: async () => storage.provider.settle(),
    notify: (videoId) => storage.webhooks.deliver(videoId),
    dispose: async () => {},
  };
}

/** A local folder. */
export async function localBackend(): Promise<ModelBackend> {
  const folder = await mkdtemp(join(tmpdir(), 'videostorage-service-'));
  const options = common();
  const storage = new LocalStorage({ ...options, folder, baseUrl: 'http://localhost/media' });
  return {
    ...parts(storage, options.clock, (request) => storage.fetch(request)),
    dispose: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Options of `s3Backend`. */
export interface S3BackendOptions {
  /** Files of at least this size are uploaded in parts. */
  readonly multipartThresholdBytes?: number;
  /** Start of its clock, in epoch milliseconds: the SDK signs parts with the system's time. */
  readonly nowMs?: number;
}

/** S3 and CloudFront, emulated. */
export async function s3Backend({
  multipartThresholdBytes,
  nowMs,
}: S3BackendOptions = {}): Promise<ModelBackend & { readonly emulator: S3Emulator }> {
  const options = common(nowMs);
  const s3 = await S3Emulator.start({ clock: options.clock });
  const { endpoint, bucket, region, accessKeyId, secretAccessKey } = s3;
  const credentials = { accessKeyId, secretAccessKey };
  const cloudFront = await CloudFrontEmulator.start({
    clock: options.clock,
    origin: { endpoint, bucket, region, ...credentials, readablePrefix: 'videos/' },
    publicKeys: { [KEY_PAIR_ID]: keyPair.publicKey },
    errorCachingMinTtlSeconds: 0,
  });
  const { endpoint: baseUrl, distributionId } = cloudFront;
  const keyPairs = [{ keyPairId: KEY_PAIR_ID, privateKey: keyPair.privateKey }];
  const storage = new S3CloudFrontStorage({
    ...{ ...options, bucket, region, endpoint, credentials, multipartThresholdBytes },
    cloudFront: { baseUrl, endpoint: baseUrl, distributionId, keyPairs },
  });
  return {
    ...parts(storage, options.clock, fetch),
    emulator: s3,
    dispose: async () => {
      await cloudFront.stop();
      await s3.stop();
    },
  };
}

/** Cloudflare Stream, emulated. */
export async function streamBackend(): Promise<ModelBackend> {
  const options = common();
  const emulator = await CloudflareStreamEmulator.start({ clock: options.clock });
  const { accountId, apiToken, apiOrigin, playbackOrigin, webhookSecret } = emulator;
  const { id, jwk } = await emulator.createSigningKey();
  const storage = new CloudflareStreamStorage({
    ...{ ...options, accountId, apiToken, apiOrigin, playbackOrigin },
    ...{ webhookSecrets: [webhookSecret], signingKeys: [{ id, jwk }] },
  });
  return {
    ...parts(storage, options.clock, fetch),
    settle: () => emulator.finishProcessing(),
    notify: async (videoId) => {
      try {
        return emulator.notify(videoId);
      } catch (error) {
        // For a deleted video there is no webhook.
        if (error instanceof Error && 'status' in error && error.status === 404) return undefined;
        throw error;
      }
    },
    dispose: () => emulator.stop(),
  };
}
