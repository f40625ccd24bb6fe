import {
  type CallOptions,
  type Clock,
  type Secret,
  toTimestamp,
  type WebhookEvent,
  WebhookRefusedError,
  type WebhookRequest,
  type Webhooks,
} from '@videostorage/core';
import { z } from 'zod';
import type { CloudflareApi } from './cloudflare-api.ts';
import { readResult } from './envelope.ts';
import { type VideoDetails, videoDetailsSchema } from './video-details.ts';
import { verifyWebhook } from './webhook-signature.ts';

/** Checked before any work is done for a body. */
const MAX_BODY_BYTES = 256 * 1024;

const subscriptionSchema = z.object({ notificationUrl: z.string(), secret: z.string().min(1) });

/** The one subscription of an account. */
export interface WebhookSubscription {
  /** Where calls go. */
  readonly notificationUrl: string;
  /** For `webhookSecrets`. */
  readonly secret: string;
}

/** Calls of Cloudflare Stream: sent when processing has ended, well or badly. */
export class StreamWebhooks implements Webhooks {
  readonly #api: CloudflareApi;
  readonly #secrets: readonly Secret[];
  readonly #clock: Clock;

  /** Without a secret every call is refused. */
  constructor(api: CloudflareApi, secrets: readonly Secret[], clock: Clock) {
    this.#api = api;
    this.#secrets = secrets;
    this.#clock = clock;
  }

  /** @inheritDoc */
  async parse(request: WebhookRequest): Promise<readonly WebhookEvent[]> {
    if (request.rawBody.length > MAX_BODY_BYTES) throw new WebhookRefusedError('WEBHOOK_MALFORMED');
    const header = request.headers['webhook-signature'] ?? '';
    const { time } = await verifyWebhook(request.rawBody, header, this.#secrets, this.#clock.now());
    const video = readBody(request.rawBody);
    // There is no event id: the same news has the same video, state and time of change.
    const eventKey = [video.uid, video.state, video.modified ?? time].join('.');
    return [{ eventKey, videoId: video.uid, occurredAt: toTimestamp(Number(time) * 1000) }];
  }

  /** Sends calls to this URL from now on; an account has one subscription, so an earlier one ends. @throws {BackendError} */
  async subscribe(notificationUrl: string, options: CallOptions = {}): Promise<WebhookSubscription> {
    const call = { method: 'PUT', path: '/webhook', body: { notificationUrl }, signal: options.signal } as const;
    return readResult(subscriptionSchema, await this.#api.require(call));
  }

  /** The subscription; undefined when there is none. @throws {BackendError} */
  async read(options: CallOptions = {}): Promise<WebhookSubscription | undefined> {
    const result = await this.#api.call({ method: 'GET', path: '/webhook', signal: options.signal });
    return result === undefined || result === null ? undefined : readResult(subscriptionSchema, result);
  }

  /** Ends the subscription; none is success. @throws {BackendError} */
  async unsubscribe(options: CallOptions = {}): Promise<void> {
    await this.#api.call({ method: 'DELETE', path: '/webhook', signal: options.signal });
  }
}

function readBody(rawBody: Uint8Array): VideoDetails {
  try {
    const body: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(rawBody));
    // A call is the bare video; some samples leave out when it was created.
    return videoDetailsSchema.parse({ created: new Date(0).toISOString(), ...(body as object) });
  } catch (cause) {
    throw new WebhookRefusedError('WEBHOOK_MALFORMED', { cause });
  }
}
