import {
  type CallOptions,
  type CallRunner,
  callOptionSchemas,
  checkCallOptions,
  refuseOption,
  Secret,
  toTimestamp,
  type WebhookEvent,
  WebhookRefusedError,
  type WebhookRequest,
  type Webhooks,
} from '@videostorage/core';
import { z } from 'zod';
import type { CloudflareApi } from './cloudflare-api.ts';
import { readResult } from './envelope.ts';
import type { ProviderTime } from './provider-time.ts';
import { type VideoDetails, videoDetailsSchema } from './video-details.ts';
import { verifyWebhook } from './webhook-signature.ts';

/** Checked before any work is done for a body. */
const MAX_BODY_BYTES = 256 * 1024;

const webUrlSchema = z.url({ protocol: /^https?$/ });
/** Both spellings are in the provider's own clients. */
const subscriptionSchema: z.ZodType<WebhookSubscription> = z
  .object({
    notificationUrl: z.string().optional(),
    notification_url: z.string().optional(),
    secret: z.string().min(1),
  })
  .transform(({ notificationUrl, notification_url, secret }, context) => {
    const url = notificationUrl ?? notification_url;
    if (url !== undefined) return { notificationUrl: url, secret: new Secret(secret) };
    context.addIssue('names no URL');
    return z.NEVER;
  });

/** The one subscription of an account. */
export interface WebhookSubscription {
  /** URL to which Stream sends webhooks. */
  readonly notificationUrl: string;
  /**
   * Secret that verifies the webhooks: pass it in `webhookSecrets`. JSON and logs mask it; to store it as text, use
   * `new TextDecoder().decode(secret.reveal())`.
   */
  readonly secret: Secret;
}

/** Webhooks of Cloudflare Stream, which it sends when processing has succeeded or failed. */
export class StreamWebhooks implements Webhooks {
  readonly #api: CloudflareApi;
  readonly #secrets: readonly Secret[];
  readonly #time: ProviderTime;
  readonly #call: CallRunner;

  /** @internal Without a secret every webhook is refused. */
  constructor(api: CloudflareApi, secrets: readonly Secret[], time: ProviderTime, call: CallRunner) {
    this.#api = api;
    this.#secrets = secrets;
    this.#time = time;
    this.#call = call;
  }

  /** @inheritDoc */
  async parse(request: WebhookRequest): Promise<readonly WebhookEvent[]> {
    return this.#call('webhooks.parse', {}, async () => {
      if (request.rawBody.length > MAX_BODY_BYTES) throw new WebhookRefusedError('WEBHOOK_MALFORMED');
      const header = request.headers['webhook-signature'] ?? '';
      const { time } = await verifyWebhook(request.rawBody, header, this.#secrets, this.#time.now());
      const video = readBody(request.rawBody);
      // There is no event id: the same event has the same video, state and time of change.
      const eventKey = [video.uid, video.state, video.modified ?? time].join('.');
      return [{ eventKey, videoId: video.uid, occurredAt: toTimestamp(Number(time) * 1000) }];
    });
  }

  /**
   * Sends webhooks to this URL from now on; an account has one subscription, so an earlier one ends.
   * @throws {ValidationError} not an http or https URL @throws {BackendError}
   */
  async subscribe(notificationUrl: string, options: CallOptions = {}): Promise<WebhookSubscription> {
    return this.#call('webhooks.subscribe', options, async (call) => {
      checkCallOptions(options, callOptionSchemas);
      if (!webUrlSchema.safeParse(notificationUrl).success) {
        const message = 'Webhooks can be sent to an http or https URL only.';
        refuseOption('notificationUrl', message);
      }
      const request = { method: 'PUT', path: '/webhook', body: { notificationUrl } } as const;
      return call.step('always', async (signal) =>
        readResult(subscriptionSchema, await this.#api.require({ ...request, signal })),
      );
    });
  }

  /** The subscription; undefined when there is none. @throws {BackendError} */
  async read(options: CallOptions = {}): Promise<WebhookSubscription | undefined> {
    return this.#call('webhooks.read', options, async (call) => {
      checkCallOptions(options, callOptionSchemas);
      return call.step('always', async (signal) => {
        const result = await this.#api.call({ method: 'GET', path: '/webhook', signal });
        return result === undefined || result === null ? undefined : readResult(subscriptionSchema, result);
      });
    });
  }

  /** Ends the subscription; succeeds when there is none. @throws {BackendError} */
  async unsubscribe(options: CallOptions = {}): Promise<void> {
    await this.#call('webhooks.unsubscribe', options, async (call) => {
      checkCallOptions(options, callOptionSchemas);
      await call.step('always', (signal) => this.#api.call({ method: 'DELETE', path: '/webhook', signal }));
    });
  }
}

function readBody(rawBody: Uint8Array): VideoDetails {
  try {
    const body: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(rawBody));
    // A webhook is the bare video, without an envelope.
    return videoDetailsSchema.parse(body);
  } catch (cause) {
    throw new WebhookRefusedError('WEBHOOK_MALFORMED', { cause });
  }
}
