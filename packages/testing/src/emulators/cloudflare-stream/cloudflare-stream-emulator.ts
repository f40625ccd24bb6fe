import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock, type WebhookRequest } from '@videostorage/core';
import { applyFault, type EmulatorFault, type FaultAim, FaultScript } from '../shared/fault-script.ts';
import { answerRequest } from './answer-request.ts';
import { BasicUploads } from './basic-uploads.ts';
import type { CloudflareStreamEmulatorOptions } from './emulator-options.ts';
import { Encoder } from './encoder.ts';
import { ApiRateLimit } from './rate-limit.ts';
import { Renditions } from './renditions.ts';
import { type NewSigningKey, SigningKeys } from './signing-keys.ts';
import type { StreamContext } from './stream-context.ts';
import { TusUploads } from './tus-uploads.ts';
import type { EmulatedVideo } from './video.ts';
import { VideoLibrary } from './video-library.ts';
import { describeVideo } from './video-object.ts';
import { Watermarks } from './watermarks.ts';
import { type WebhookDelivery, Webhooks, type WebhookTrouble } from './webhooks.ts';

/** A Cloudflare Stream account on 127.0.0.1: REST API, upload hosts and playback host, all at one origin. */
export class CloudflareStreamEmulator {
  /** `http://127.0.0.1:<port>`; the API is below `/client/v4`. */
  readonly apiOrigin: string;
  /** `http://127.0.0.1:<port>`: stands for `https://customer-<code>.cloudflarestream.com`. */
  readonly playbackOrigin: string;
  /** The one account. */
  readonly accountId: string;
  /** Its one token. */
  readonly apiToken: string;
  /** Names the account's playback host on the real service. */
  readonly customerCode: string;
  /** Requests so far, as `METHOD /path`. */
  readonly requests: string[] = [];
  readonly #server: Server;
  readonly #context: StreamContext;
  readonly #faults: FaultScript;
  readonly #rateLimit: ApiRateLimit;

  private constructor(server: Server, folder: string, options: CloudflareStreamEmulatorOptions) {
    const {
      clock = systemClock,
      processing: times = {},
      storageMinutes = 1_000_000,
      maxEncodingVideos = 120,
    } = options;
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const limits = { storageMinutes, encodingVideos: maxEncodingVideos };
    const now = () => clock.now();
    const watermarks = new Watermarks();
    const webhooks = new Webhooks({ allowLoopback: options.allowLoopbackWebhooks ?? true, now });
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
      tusUploads: new TusUploads({ library, encoder, folder, now }),
      webhooks,
      watermarks,
      keys: new SigningKeys(),
      renditions: new Renditions(folder, options.useFfmpeg ?? true),
      now,
      description: {
        playbackOrigin: origin,
        times,
        errorKeys: options.errorKeys ?? 'error',
        watermark: (uid) => watermarks.find(uid),
      },
    };
    server.on('request', (request, response) => void this.#answer(request, response));
  }

  /** Starts one; stop it in the end. */
  static async start(options: CloudflareStreamEmulatorOptions = {}): Promise<CloudflareStreamEmulator> {
    const folder = await mkdtemp(join(tmpdir(), 'videostorage-stream-'));
    const server = createServer();
    await new Promise<void>((resolve, reject) =>
      server.once('error', reject).listen(options.port ?? 0, '127.0.0.1', resolve),
    );
    return new CloudflareStreamEmulator(server, folder, options);
  }

  /** The next matching request meets this fault. */
  failNext(fault: EmulatorFault, aim?: FaultAim): void {
    this.#faults.add(fault, aim);
  }

  /** Makes a key for playback tokens, as `POST /stream/keys` does. @throws {Error} when there are 1 000 */
  createSigningKey(): Promise<NewSigningKey> {
    return this.#context.keys.create(this.#context.now());
  }

  /** Ends the processing of every video whose bytes are there, and waits until it is announced. */
  finishProcessing(): Promise<void> {
    return this.#context.encoder.finish();
  }

  /**
   * A webhook about a video as it would arrive now, signed, without sending it: by `webhookSecret`.
   * @throws {Error} when there is no such video
   */
  notify(uid: string): WebhookRequest {
    return this.#context.webhooks.compose(this.#describe(this.#context.library.get(uid, this.#context.now())));
  }

  /** The next webhook delivery comes twice, never, late or forged. */
  troubleNextWebhook(trouble: WebhookTrouble): void {
    this.#context.webhooks.troubleNext(trouble);
  }

  /** Secret of the webhook; a spare one while no webhook is set. */
  get webhookSecret(): string {
    return this.#context.webhooks.secret;
  }

  /** What webhooks were sent, in order, and how they were answered. */
  get webhookDeliveries(): readonly WebhookDelivery[] {
    return this.#context.webhooks.deliveries;
  }

  /** Ends all connections and removes all bytes. */
  async stop(): Promise<void> {
    this.#context.webhooks.stop();
    await this.#context.encoder.stop();
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
    await rm(this.#context.folder, { recursive: true, force: true, maxRetries: 3 });
  }

  async #announce(video: EmulatedVideo): Promise<void> {
    await this.#context.webhooks.deliver(video.uid, this.#describe(video));
  }

  #describe(video: EmulatedVideo): string {
    return JSON.stringify(describeVideo(video, this.#context.description, this.#context.now()));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.requests.push(`${request.method} ${request.url?.split('?')[0]}`);
    try {
      const fault = this.#faults.next(request);
      if (fault !== undefined && !(await applyFault(fault, request, response))) return;
      await answerRequest(request, response, this.#context, { apiToken: this.apiToken, rateLimit: this.#rateLimit });
    } catch (error) {
      // Whoever has gone away hears no answer; on a living connection the cause is told by its end.
      response.destroy(error instanceof Error ? error : undefined);
    }
  }
}
