import { generateKeyPairSync } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { CloudflareStreamStorage } from '@videostorage/cloudflare-stream';
import { RateLimiter, type VideoStorage } from '@videostorage/core';
import { CloudFrontEmulator, CloudflareStreamEmulator, S3Emulator } from '@videostorage/emulators';
import { LocalStorage } from '@videostorage/local';
import { S3CloudFrontStorage } from '@videostorage/s3-cloudfront';

const SECRET = 'canary-of-the-player-hosts-0123456789abcdefgh';

/** A storage with the servers that it needs. */
export interface Backend {
  readonly storage: VideoStorage;
  /** Origins that the page plays from, in addition to its own. */
  readonly origins: readonly string[];
  /** Cloudflare's embed script, where the backend has a player of its own. */
  readonly embedScriptUrl?: string;
  /** Called after the bytes have arrived: completes the provider's processing. */
  process(): Promise<void>;
  /** Adds renditions to a video, as a host app's encoder does. */
  putHls?(videoId: string, folder: string): Promise<void>;
  stop(): Promise<void>;
}

/** What a backend is opened with. */
export interface BackendSettings {
  readonly folder: string;
  /** Origin of the page. */
  readonly origin: string;
}

const common = () => ({
  referenceSecrets: [SECRET],
  rateLimiter: new RateLimiter({ upload: [], playback: [] }),
});

/** The backends of the tests in a browser, by name. */
export const backends: Readonly<
  Record<'local' | 's3 by query' | 's3 by cookies' | 'stream', (settings: BackendSettings) => Promise<Backend>>
> = {
  local: async ({ folder, origin }) => ({
    storage: new LocalStorage({ ...common(), folder, baseUrl: `${origin}/api/video/media` }),
    origins: [],
    process: async () => {},
    stop: async () => {},
  }),
  's3 by query': (settings) => s3Backend(settings, 'query'),
  's3 by cookies': (settings) => s3Backend(settings, 'cookies'),
  stream: streamBackend,
};

async function s3Backend({ origin }: BackendSettings, hlsAccess: 'query' | 'cookies'): Promise<Backend> {
  const s3 = await S3Emulator.start();
  const { endpoint, bucket, region, accessKeyId, secretAccessKey } = s3;
  const credentials = { accessKeyId, secretAccessKey };
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const cloudFront = await CloudFrontEmulator.start({
    origin: { endpoint, bucket, region, ...credentials, readablePrefix: 'videos/' },
    errorCachingMinTtlSeconds: 0,
    publicKeys: { KPLAYER1: pair.publicKey.export({ type: 'spki', format: 'pem' }).toString() },
    allowedOrigins: [origin],
  });
  const storage = new S3CloudFrontStorage({
    ...{ ...common(), bucket, region, endpoint, credentials, multipartThresholdBytes: 64 * 1024 * 1024 },
    cloudFront: {
      ...{ baseUrl: cloudFront.endpoint, endpoint: cloudFront.endpoint, distributionId: cloudFront.distributionId },
      keyPairs: [
        { keyPairId: 'KPLAYER1', privateKey: pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() },
      ],
      hlsAccess,
    },
  });
  return {
    storage,
    origins: [cloudFront.endpoint],
    process: async () => {},
    putHls: async (videoId, folder) => {
      const client = new S3Client({ endpoint, region, credentials, forcePathStyle: true });
      const [id = ''] = videoId.split('-');
      for (const name of await readdir(folder)) {
        const Body = await readFile(join(folder, name));
        await client.send(new PutObjectCommand({ Bucket: bucket, Key: `videos/${id}/hls/${name}`, Body }));
      }
      client.destroy();
    },
    stop: async () => {
      await cloudFront.stop();
      await s3.stop();
    },
  };
}

async function streamBackend(): Promise<Backend> {
  const emulator = await CloudflareStreamEmulator.start();
  const { apiOrigin, playbackOrigin, apiToken, accountId } = emulator;
  const options = { ...common(), accountId, apiToken, apiOrigin, playbackOrigin };
  const key = await new CloudflareStreamStorage(options).signingKeys.create();
  return {
    storage: new CloudflareStreamStorage({ ...options, signingKeys: [key] }),
    origins: [playbackOrigin],
    embedScriptUrl: `${playbackOrigin}/embed/sdk.latest.js`,
    process: () => emulator.finishProcessing(),
    stop: () => emulator.stop(),
  };
}
