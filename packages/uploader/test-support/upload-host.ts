import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudflareStreamStorage } from '@videostorage/cloudflare-stream';
import { type Clock, Logger, RateLimiter, RetryHandler, systemClock, type VideoStorage } from '@videostorage/core';
import {
  CloudFrontEmulator,
  CloudflareStreamEmulator,
  type EmulatorFault,
  type FaultAim,
  FaultScript,
  S3Emulator,
  TcpFaultProxy,
} from '@videostorage/emulators';
import { createVideoRoutes } from '@videostorage/http';
import { toNodeListener } from '@videostorage/http/node';
import { LocalStorage } from '@videostorage/local';
import { S3CloudFrontStorage } from '@videostorage/s3-cloudfront';
import { type Actor, MemoryEventLog, MemoryVideoRecords, VideoService } from '@videostorage/service';

const SECRET = 'canary-of-the-uploader-tests-0123456789abcdefgh';
const KEY_PAIR_ID = 'K2JCJMDEHXQW5F';
const MIB = 1024 * 1024;
const QUICKER = 250;
/** How long a page waits for another one that does the same upload, which is only as quick as the computer. */
export const LOCK_PATIENCE_MS = 2000;

/** A backend with the protocol that it should use. */
export type BackendName = 'local' | 's3-form' | 's3-parts' | 'stream-form' | 'stream-tus';

/** All of them. */
export const backendNames: readonly BackendName[] = ['local', 's3-form', 's3-parts', 'stream-form', 'stream-tus'];

/** Settings of one host app. */
export interface HostOptions {
  /** Answers what the routes do not own: the page of a browser's test. */
  readonly page?: RequestListener | undefined;
  /** Seconds for which a ticket accepts bytes. */
  readonly uploadExpiresInSeconds?: number | undefined;
  /** Of parts; at least 5 MiB. */
  readonly partSizeBytes?: number | undefined;
  /** Of a chunk of tus. Default: as the storage's. */
  readonly largestChunkBytes?: number | undefined;
  /** False: Stream keeps nothing of a chunk whose connection ended. Default: as its emulator's. */
  readonly keepsInterruptedChunks?: boolean | undefined;
}

/** A storage with the servers that it needs. */
interface Backend {
  readonly storage: VideoStorage;
  /** What is behind the proxy, where that is S3. */
  readonly s3?: S3Emulator;
  readonly close: () => Promise<void>;
}

/** A complete host app on 127.0.0.1: routes, service, storage. Bytes go through a proxy that counts them and cuts connections. */
export class UploadHost {
  /** `http://127.0.0.1:<port>` */
  readonly origin: string;
  /** Requests to the routes so far, as `METHOD /path`. */
  readonly requests: string[] = [];
  /** The proxy before the server that receives the bytes. */
  readonly proxy: TcpFaultProxy;
  /** Its service. */
  readonly service: VideoService;
  /** Its storage. */
  readonly storage: VideoStorage;
  /** Its S3, where it has one. */
  readonly s3: S3Emulator | undefined;
  /** Clock for pages: the computer's time plus skipped time, with waits that are 250 times shorter, except that for a lock. */
  readonly clock: Clock;
  /** The user of every request. */
  actor: Actor = { userId: 'ada', roles: ['student'] };
  readonly #faults: FaultScript;
  readonly #routeFaults: { readonly matches: RegExp; status: number; times: number; body?: string | undefined }[] = [];
  readonly #close: () => Promise<void>;
  readonly #skip: (ms: number) => void;

  private constructor(parts: {
    origin: string;
    proxy: TcpFaultProxy;
    service: VideoService;
    backend: Backend;
    faults: FaultScript;
    clock: Clock;
    skip: (ms: number) => void;
    close: () => Promise<void>;
  }) {
    this.clock = parts.clock;
    this.#skip = parts.skip;
    this.origin = parts.origin;
    this.proxy = parts.proxy;
    this.service = parts.service;
    this.storage = parts.backend.storage;
    this.s3 = parts.backend.s3;
    this.#faults = parts.faults;
    this.#close = parts.close;
  }

  /** Starts one; stop it in the end. */
  static async start(name: BackendName, options: HostOptions = {}): Promise<UploadHost> {
    const server = createServer({ requestTimeout: 0 });
    const origin = await listen(server);
    const folder = await mkdtemp(join(tmpdir(), 'videostorage-uploader-'));
    const faults = new FaultScript();
    let skippedMs = 0;
    const now = () => systemClock.now() + skippedMs;
    const clock: Clock = { now, sleep: systemClock.sleep };
    const pageClock: Clock = {
      now,
      sleep: (delayMs, signal) =>
        systemClock.sleep(delayMs === LOCK_PATIENCE_MS ? delayMs : Math.ceil(delayMs / QUICKER), signal),
    };
    let targetPort = Number(new URL(origin).port);
    const proxy = await TcpFaultProxy.start(() => targetPort);
    const backend = await makeBackend(name, options, {
      folder,
      origin,
      proxy,
      faults,
      clock,
      onPort: (port) => {
        targetPort = port;
      },
    });
    limitChunks(backend.storage, options.largestChunkBytes);
    const service = new VideoService({
      storages: [backend.storage],
      ...{
        clock,
        records: new MemoryVideoRecords({ clock }),
        events: new MemoryEventLog({ secrets: [SECRET], clock }),
      },
      authorize: ({ actor, operation, record }) =>
        operation === 'upload.request' || operation === 'video.list' || record?.userId === actor.userId,
      logger: new Logger({ sink: () => undefined }),
    });
    const host: UploadHost = new UploadHost({
      ...{ origin, proxy, service, backend, faults, clock: pageClock },
      skip: (ms) => {
        skippedMs += ms;
      },
      close: async () => {
        await proxy.stop();
        await new Promise<void>((resolve) => {
          server.close(() => resolve());
          server.closeAllConnections();
        });
        await backend.close();
        await rm(folder, { recursive: true, force: true });
      },
    });
    const routes = createVideoRoutes({
      service,
      actor: () => host.actor,
      logger: new Logger({ sink: () => undefined }),
    });
    const listener = toNodeListener(routes);
    server.on('request', (request, response) => {
      const isOfPage = !routes.ownsPath(new URL(request.url ?? '/', origin).href);
      if (isOfPage && options.page !== undefined) return options.page(request, response);
      host.requests.push(`${request.method} ${request.url}`);
      const fault = host.#takeRouteFault(`${request.method} ${request.url}`);
      if (fault === undefined) return listener(request, response);
      request.resume();
      if (fault.status === 0) return void response.socket?.resetAndDestroy();
      return void response.writeHead(fault.status).end(fault.body);
    });
    return host;
  }

  /** The next request to the storage that matches meets this fault. */
  failNext(fault: EmulatorFault, aim?: FaultAim): void {
    this.#faults.add(fault, aim);
  }

  /** Removes the faults that have not happened yet. */
  clearFaults(): void {
    this.#faults.clear();
  }

  /** The next calls of a route are answered with a status and nothing else; 0 resets the connection. */
  failRoute(matches: RegExp, status: number, times = 1, body?: string): void {
    this.#routeFaults.push({ matches, status, times, body });
  }

  /** Removes what is left of `failRoute`. */
  clearRouteFaults(): void {
    this.#routeFaults.length = 0;
  }

  /** What a grant of the ready video serves. */
  async servedBytes(videoId: string): Promise<Uint8Array> {
    const { url } = await this.service.getPlaybackUrl(this.actor, videoId);
    return new Uint8Array(await (await fetch(url)).arrayBuffer());
  }

  /** Advances the time of host app and pages. */
  skip(ms: number): void {
    this.#skip(ms);
  }

  /** Stops everything. */
  stop(): Promise<void> {
    return this.#close();
  }

  #takeRouteFault(line: string): { readonly status: number; readonly body?: string | undefined } | undefined {
    const fault = this.#routeFaults.find(({ matches, times }) => times > 0 && matches.test(line));
    if (fault !== undefined) fault.times -= 1;
    return fault;
  }
}

async function makeBackend(
  name: BackendName,
  options: HostOptions,
  place: {
    folder: string;
    origin: string;
    proxy: TcpFaultProxy;
    faults: FaultScript;
    clock: Clock;
    onPort: (port: number) => void;
  },
): Promise<Backend> {
  const { folder, origin, proxy, faults, clock } = place;
  const { uploadExpiresInSeconds, keepsInterruptedChunks } = options;
  const common = {
    clock,
    referenceSecrets: [SECRET],
    rateLimiter: new RateLimiter({ upload: [], playback: [] }),
    retryHandler: new RetryHandler({ maxAttempts: 1 }),
    ...(uploadExpiresInSeconds !== undefined && { uploadExpiresInSeconds }),
  };
  if (name === 'local') {
    const storage = new LocalStorage({
      ...common,
      folder,
      baseUrl: `${proxy.origin}/api/video/media`,
    });
    return { storage, close: async () => undefined };
  }
  if (name === 'stream-form' || name === 'stream-tus') {
    const processing = { queuedMs: 20, encodingMs: 20, completingMs: 20 };
    const emulator = await CloudflareStreamEmulator.start({
      ...{ clock, faults, processing, uploadOrigin: proxy.origin, keepsInterruptedChunks },
    });
    place.onPort(Number(new URL(emulator.apiOrigin).port));
    const { accountId, apiToken, apiOrigin, playbackOrigin } = emulator;
    const { id, jwk } = await emulator.createSigningKey();
    const account = {
      ...common,
      accountId,
      apiToken,
      apiOrigin,
      playbackOrigin,
      signingKeys: [{ id, jwk }],
      basicUploadMaxBytes: name === 'stream-tus' ? 0 : 200_000_000,
    };
    const { webhooks } = new CloudflareStreamStorage(account);
    const { secret } = await webhooks.subscribe(`${origin}/api/video/webhooks/cloudflare-stream`);
    const storage = new CloudflareStreamStorage({ ...account, webhookSecrets: [secret] });
    return { storage, close: () => emulator.stop() };
  }
  const cors = {
    allowedOrigins: [origin],
    allowedMethods: ['POST', 'PUT', 'GET', 'HEAD'],
    allowedHeaders: ['*'],
    exposeHeaders: ['ETag'],
  };
  const s3 = await S3Emulator.start({ clock, faults, cors: [cors] });
  place.onPort(Number(new URL(s3.endpoint).port));
  const { bucket, region, accessKeyId, secretAccessKey } = s3;
  const credentials = { accessKeyId, secretAccessKey };
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const cloudFront = await CloudFrontEmulator.start({
    clock,
    origin: { endpoint: s3.endpoint, bucket, region, ...credentials, readablePrefix: 'videos/' },
    publicKeys: { [KEY_PAIR_ID]: pair.publicKey.export({ type: 'spki', format: 'pem' }).toString() },
    errorCachingMinTtlSeconds: 0,
  });
  const { endpoint: baseUrl, distributionId } = cloudFront;
  const privateKey = pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const storage = new S3CloudFrontStorage({
    ...{ ...common, bucket, region, endpoint: proxy.origin, credentials },
    cloudFront: { baseUrl, endpoint: baseUrl, distributionId, keyPairs: [{ keyPairId: KEY_PAIR_ID, privateKey }] },
    multipartThresholdBytes: name === 's3-form' ? 200 * MIB : 1,
    partSizeBytes: options.partSizeBytes ?? 5 * MIB,
  });
  return {
    ...{ storage, s3 },
    close: async () => {
      await cloudFront.stop();
      await s3.stop();
    },
  };
}

/** From now on its tickets allow no larger chunks. */
function limitChunks(storage: VideoStorage, maxBytes: number | undefined): void {
  if (maxBytes === undefined) return;
  const getUploadUrl = storage.getUploadUrl.bind(storage);
  storage.getUploadUrl = async (request, options) => {
    const ticket = await getUploadUrl(request, options);
    return ticket.protocol === 'tus' ? { ...ticket, chunk: { ...ticket.chunk, maxBytes } } : ticket;
  };
}

function listen(server: Server): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      resolve(`http://127.0.0.1:${port}`);
    });
  });
}
