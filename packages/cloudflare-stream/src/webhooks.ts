import {
  type CallOptions,
  type Clock,
  Secret,
  toTimestamp,
  ValidationError,
  type WebhookEvent,
  WebhookRefusedError,
  type WebhookRequest,
  type Webhooks,
} from '@videostorage/core';
import { z } from 'zod';
import type { CloudflareApi } from './cloudflare-api.ts';
import { readResult } from './envelope.ts';
import type { RunCall } from './run-call.ts';
import { type VideoDetails, videoDetailsSchema } from './video-details.ts';
import { verifyWebhook } from './webhook-signature.ts';

/** Checked before any work is done for a body. */
const MAX_BODY_BYTES = 256 * 1024;

const webUrlSchema = z.url({ protocol: /^https?$/ });
/** Both spellings are in the vendor's own clients. */
const subscriptionSchema: z.ZodType<WebhookSubscription> = z
  .object({
    notificationUrl: z.string().optional(),
    notification_url: z.string().optional(),
    secret: z.string().min(1),
  })
  .transform(({ notificationUrl, notification_url, secret }) => ({
    notificationUrl: notificationUrl ?? notification_url ?? '',
    secret: new Secret(secret),
  }));

/** The one subscription of an account. */
export interface WebhookSubscription {
  /** Where calls go. */
  readonly notificationUrl: string;
  /** For `webhookSecrets`. */
  readonly secret: Secret;
}

/** Calls of Cloudflare Stream: sent when processing has ended, well or badly. */
export class StreamWebhooks implements Webhooks {
  readonly #api: CloudflareApi;
  readonly #secrets: readonly Secret[];
  readonly #clock: Clock;

  readonly #run: RunCall;

  /** Without a secret every call is refused. */
  constructor(api: CloudflareApi, secrets: readonly Secret[], clock: Clock, run: RunCall) {
    this.#api = api;
    this.#secrets = secrets;
    this.#clock = clock;
    this.#run = run;
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

  /**
   * Sends calls to this URL from now on; an account has one subscription, so an earlier one ends.
   * @throws {ValidationError} no URL of the web @throws {BackendError}
   */
  async subscribe(notificationUrl: string, options: CallOptions = {}): Promise<WebhookSubscription> {
    if (!webUrlSchema.safeParse(notificationUrl).success) {
      const message = 'Calls can be sent to an http or https URL only.';
      throw new ValidationError([{ path: 'notificationUrl', code: 'OPTION_INVALID', message }]);
    }
    const call = { method: 'PUT', path: '/webhook', body: { notificationUrl } } as const;
    const subscribe = async (signal: AbortSignal) =>
      readResult(subscriptionSchema, await this.#api.require({ ...call, signal }));
    return this.#run({ name: 'webhooks.subscribe', class: 'always' }, subscribe, options);
  }

  /** The subscription; undefined when there is none. @throws {BackendError} */
  async read(options: CallOptions = {}): Promise<WebhookSubscription | undefined> {
    const read = async (signal: AbortSignal) => {
      const result = await this.#api.call({ method: 'GET', path: '/webhook', signal });
      return result === undefined || result === null ? undefined : readResult(subscriptionSchema, result);
    };
    return this.#run({ name: 'webhooks.read', class: 'always' }, read, options);
  }

  /** Ends the subscription; none is success. @throws {BackendError} */
  async unsubscribe(options: CallOptions = {}): Promise<void> {
    const remove = async (signal: AbortSignal) =>
      void (await this.#api.call({ method: 'DELETE', path: '/webhook', signal }));
    await this.#run({ name: 'webhooks.unsubscribe', class: 'always' }, remove, options);
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
