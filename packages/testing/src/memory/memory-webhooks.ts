import {
  type Clock,
  type HmacSigner,
  toTimestamp,
  type WebhookEvent,
  WebhookRefusedError,
  type WebhookRequest,
  type Webhooks,
} from '@videostorage/core';

/** Webhooks whose time is further from now are refused, so that a recorded one cannot be sent again later. */
const TOLERANCE_SECONDS = 300;
const SIGNATURE = /^time=(\d{1,12}),sig1=([A-Za-z0-9_-]{1,128})$/;

/** Webhooks of the memory provider: JSON, signed over its time and raw bytes. */
export class MemoryWebhooks implements Webhooks {
  readonly #signer: HmacSigner;
  readonly #clock: Clock;

  /** Signs and verifies with the same signer. */
  constructor(signer: HmacSigner, clock: Clock) {
    this.#signer = signer;
    this.#clock = clock;
  }

  /** Creates the webhook request about one video, as the provider would send it now. */
  async deliver(videoId: string): Promise<WebhookRequest> {
    const body = JSON.stringify({ videoId });
    const time = String(Math.floor(this.#clock.now() / 1000));
    const signature = await this.#signer.sign(`${time}.${body}`);
    return {
      rawBody: new TextEncoder().encode(body),
      headers: { 'webhook-signature': `time=${time},sig1=${signature}` },
    };
  }

  /** @inheritDoc */
  async parse(request: WebhookRequest): Promise<readonly WebhookEvent[]> {
    const [, time = '', signature = ''] = SIGNATURE.exec(request.headers['webhook-signature'] ?? '') ?? [];
    const body = new TextDecoder().decode(request.rawBody);
    const ageSeconds = Math.abs(this.#clock.now() / 1000 - Number(time));
    if (time === '' || ageSeconds > TOLERANCE_SECONDS || !(await this.#signer.verify(`${time}.${body}`, signature))) {
      throw new WebhookRefusedError('WEBHOOK_SIGNATURE_INVALID');
    }
    const { videoId } = parseJson(body);
    if (typeof videoId !== 'string') throw new WebhookRefusedError('WEBHOOK_MALFORMED');
    return [{ eventKey: `${time}.${videoId}`, videoId, occurredAt: toTimestamp(Number(time) * 1000) }];
  }
}

function parseJson(body: string): { readonly videoId?: unknown } {
  try {
    return Object(JSON.parse(body)) as { readonly videoId?: unknown };
  } catch (cause) {
    throw new WebhookRefusedError('WEBHOOK_MALFORMED', { cause });
  }
}
