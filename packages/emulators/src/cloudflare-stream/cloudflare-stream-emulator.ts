import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { WebhookRequest } from '@videostorage/core';
import { applyFault, type EmulatorFault, type FaultAim, FaultScript } from '../shared/fault-script.ts';
import { keepRequest } from '../shared/keep-request.ts';
import { realClock } from '../shared/real-clock.ts';
import { refuseUnknownOptions } from '../shared/refuse-unknown-options.ts';
import { answerRequest } from './answer-request.ts';
import { BasicUploads } from './basic-uploads.ts';
import { type CloudflareStreamEmulatorOptions, EMULATOR_OPTION_NAMES } from './emulator-options.ts';
import { Encoder } from './encoder.ts';
import { ApiRateLimit } from './rate-limit.ts';
import { Renditions } from './renditions.ts';
import { makeRsaPair, type NewSigningKey, SigningKeys } from './signing-keys.ts';
import type { StreamContext } from './stream-context.ts';
import { TusUploads } from './tus-uploads.ts';
import { newUid } from './upload-calls.ts';
import type { EmulatedVideo, ProcessingError, VideoSettings } from './video.ts';
import { VideoLibrary } from './video-library.ts';
import { describeVideo } from './video-object.ts';
import { DEFAULT_SETTINGS } from './video-settings.ts';
import { Watermarks } from './watermarks.ts';
import { type WebhookDelivery, Webhooks, type WebhookTrouble } from './webhooks.ts';

/**
 * A Cloudflare Stream account on 127.0.0.1: REST API, upload hosts and playback host, all at one origin. It parses the files:
 * MP4, QuickTime, Matroska, WebM and MPEG-TS. Other containers that the service accepts fail with `ERR_NON_VIDEO` in
 * the emulator.
 */
export class CloudflareStreamEmulator {
  /** `http://127.0.0.1:<port>`; the API is below `/client/v4`. */
  readonly apiOrigin: string;
  /** `http://127.0.0.1:<port>`: stands for `https://customer-<code>.cloudflarestream.com`. */
  readonly playbackOrigin: string;
  /** Id of the only account. */
  readonly accountId: string;
  /** API token of the account. */
  readonly apiToken: string;
  /** Part of the host name for playback on the real service. */
  readonly customerCode: string;
  /** The last 10 000 requests, oldest first, as `METHOD /path`. Paths may hold playback tokens. */
  readonly requests: string[] = [];
  readonly #server: Server;
  readonly #context: StreamContext;
  readonly #faults: FaultScript;
  readonly #rateLimit: ApiRateLimit;
  readonly #underWay = new Set<Promise<void>>();
  readonly #stopping = new AbortController();
  #stopped: Promise<void> | undefined;

  private constructor(server: Server, folder: string, options: CloudflareStreamEmulatorOptions) {
    const { clock = realClock, processing: times = {}, storageMinutes = 1_000_000, maxEncodingVideos = 120 } = options;
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const limits = {
      storageMinutes,
      encodingVideos: maxEncodingVideos,
      encodingRefusalStatus: options.encodingRefusalStatus ?? 429,
      encodingRefusalMessage: options.encodingRefusalMessage,
    };
    const now = () => clock.now();
    const watermarks = new Watermarks();
    const webhooks = new Webhooks({ allowLoopback: options.allowLoopbackWebhooks ?? true, clock });
    const library = new VideoLibrary(times, limits);
    const encoder = new Encoder({ library, clock, times, onProcessed: (video) => this.#announce(video) });

    this.#server = server;
    this.#faults = options.faults ?? new FaultScript();
    this.#rateLimit = new ApiRateLimit(options.rateLimit);
    this.apiOrigin = origin;
    this.playbackOrigin = origin;
    this.accountId = options.accountId ?? randomBytes(16).toString('hex');
    this.apiToken = options.apiToken ?? randomBytes(20).toString('base64url');
    this.customerCode = options.customerCode ?? randomBytes(8).toString('hex');
    this.#context = {
      accountId: this.accountId,
      apiOrigin: origin,
      uploadOrigin: options.uploadOrigin ?? origin,
      folder,
      library,
      encoder,
      basicUploads: new BasicUploads({ library, encoder, folder }),
      tusUploads: new TusUploads({
        ...{ library, encoder, folder, now },
        keepsInterruptedChunks: options.keepsInterruptedChunks ?? true,
      }),
      webhooks,
      watermarks,
      keys: new SigningKeys(options.maxSigningKeys ?? 1000, options.makeKeyPair ?? makeRsaPair),
      routerCode: options.routerCode ?? 7003,
      metadataRules: { keysNotTaken: options.tusKeysNotTaken ?? [], metaKeys: options.tusMetaKeys ?? 'as-sent' },
      deletionAnswer: options.deletionAnswer ?? 'envelope',
      renditions: new Renditions(folder, { useFfmpeg: options.useFfmpeg ?? true }),
      now,
      description: {
        playbackOrigin: origin,
        times,
        errorKeys: options.errorKeys ?? 'error',
        hasUnknownFields: options.hasUnknownFields ?? false,
        watermark: (uid) => watermarks.find(uid),
      },
    };
    server.on('request', (request, response) => this.#track(this.#answer(request, response)));
  }

  /**
   * Starts an emulator; call `stop` afterwards.
   * @throws {TypeError} an option that does not exist @throws {Error} the port is in use
   */
  static async start(options: CloudflareStreamEmulatorOptions = {}): Promise<CloudflareStreamEmulator> {
    refuseUnknownOptions('CloudflareStreamEmulator', options, EMULATOR_OPTION_NAMES);
    // An upload over a slow connection takes longer than Node's five minutes, and the service does not end it for that.
    const server = createServer({ requestTimeout: 0 });
    await new Promise<void>((resolve, reject) =>
      server.once('error', reject).listen(options.port ?? 0, '127.0.0.1', resolve),
    );
    const folder = await mkdtemp(join(tmpdir(), 'videostorage-stream-'));
    return new CloudflareStreamEmulator(server, folder, options);
  }

  /** Makes the next matching request fail in this way. */
  failNext(fault: EmulatorFault, aim?: FaultAim): void {
    this.#faults.add(fault, aim);
  }

  /** Makes processing of the next file that arrives fail with this error, for instance `ERR_UNKNOWN`, whatever the file holds. */
  failNextProcessing(error: ProcessingError): void {
    this.#context.encoder.failNext(error);
  }

  /**
   * Adds a video that is uploaded and processed, and resolves with its uid. Default settings: public, without a name. The webhook
   * is sent, as always at the end of processing.
   * @throws {Error} the account has no minutes left
   */
  async addVideo(bytes: Uint8Array, settings: Partial<VideoSettings> = {}): Promise<string> {
    const { library, encoder, folder, now } = this.#context;
    const uid = newUid();
    const path = join(folder, uid);
    const video = library.add(uid, { ...DEFAULT_SETTINGS, ...settings }, now());
    await writeFile(path, bytes);
    await encoder.take(video, path, bytes.length);
    await encoder.finish(video);
    return uid;
  }

  /** Creates a key for playback tokens, as `POST /stream/keys` does. @throws {Error} there are `maxSigningKeys` already */
  createSigningKey(): Promise<NewSigningKey> {
    return this.#context.keys.create(this.#context.now());
  }

  /** Finishes processing of every video that has arrived, and waits until its webhook was sent. */
  finishProcessing(): Promise<void> {
    return this.#context.encoder.finish();
  }

  /**
   * Returns the webhook about a video as it would arrive now, signed with `webhookSecret`, without sending it.
   * @throws {Error} there is no such video
   */
  notify(uid: string): WebhookRequest {
    return this.#context.webhooks.compose(this.#describe(this.#context.library.get(uid, this.#context.now())));
  }

  /**
   * Disturbs the next delivery of a webhook: it arrives twice, never, after the following one, with a forged signature,
   * or after a delay by the emulator's clock (`{ delayMs: 600_000 }`). When called several times, each call applies to
   * one delivery, in the order of the calls.
   */
  troubleNextWebhook(trouble: WebhookTrouble): void {
    this.#context.webhooks.troubleNext(trouble);
  }

  /** Secret that signs webhooks. While there is no subscription it is one that only `notify` uses. */
  get webhookSecret(): string {
    return this.#context.webhooks.secret;
  }

  /** The last 1 000 webhooks, oldest first, and how they were answered. */
  get webhookDeliveries(): readonly WebhookDelivery[] {
    return this.#context.webhooks.deliveries;
  }

  /** Ends all connections, webhooks and child processes, and removes all files. May be called twice. */
  stop(): Promise<void> {
    this.#stopped ??= this.#shutDown();
    return this.#stopped;
  }

  async #shutDown(): Promise<void> {
    const { webhooks, encoder, renditions, folder } = this.#context;
    this.#stopping.abort();
    webhooks.stop();
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    await Promise.all([closed, encoder.stop(), renditions.stop()]);
    // A request that is still writing would create the folder again.
    await Promise.all(this.#underWay);
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }

  #track(work: Promise<void>): void {
    this.#underWay.add(work);
    void work.then(() => this.#underWay.delete(work));
  }

  async #announce(video: EmulatedVideo): Promise<void> {
    await this.#context.webhooks.deliver(video.uid, this.#describe(video));
  }

  #describe(video: EmulatedVideo): string {
    return JSON.stringify(describeVideo(video, this.#context.description, this.#context.now()));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    keepRequest(this.requests, `${request.method} ${request.url?.split('?')[0]}`);
    // By this clients learn how wrong their clock is.
    response.setHeader('Date', new Date(this.#context.now()).toUTCString());
    try {
      const fault = this.#faults.next(request);
      // Waits here, so that `stop` does not have to.
      if (fault?.kind === 'slow') await sleep(fault.delayMs, undefined, { signal: this.#stopping.signal });
      else if (fault !== undefined && !(await applyFault(fault, request, response))) return;
      await answerRequest(request, response, this.#context, { apiToken: this.apiToken, rateLimit: this.#rateLimit });
    } catch (error) {
      // The client has disconnected, or its connection is closed here.
      response.destroy(error instanceof Error ? error : undefined);
    }
  }
}
