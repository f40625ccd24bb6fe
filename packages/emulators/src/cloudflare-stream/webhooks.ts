import { randomBytes } from 'node:crypto';
import type { Clock, WebhookRequest } from '@videostorage/core';
import { badRequest, notFound } from './stream-refusal.ts';
import { webhookSignature } from './webhook-signature.ts';

/**
 * What happens to a delivery. `duplicate`: it arrives twice. `lost`: it never arrives. `held`: it arrives after the next
 * one. `forged`: it is signed with another secret. With `delayMs` it is signed now and arrives that much later by the
 * clock, so that receivers may refuse it as too old.
 */
export type WebhookTrouble =
  | 'duplicate'
  | 'lost'
  | 'held'
  | 'forged'
  | {
      /** Time between signing and arrival. */
      readonly delayMs: number;
    };

/** Where the account's webhooks go. */
export interface WebhookSubscription {
  /** URL that is called at the end of processing. */
  readonly notificationUrl: string;
  /** When it was set. */
  readonly modifiedAtMs: number;
  /** Signs deliveries. */
  readonly secret: string;
}

/** Outcome of one delivery. */
export interface WebhookDelivery {
  /** Id of the video. */
  readonly uid: string;
  /** The receiver's status; absent when it could not be reached. */
  readonly status?: number;
}

const TIMEOUT_MS = 30_000;
const MAX_REMEMBERED = 1000;

/** The webhook of the account. */
export class Webhooks {
  /** The last deliveries, oldest first. */
  readonly deliveries: WebhookDelivery[] = [];
  readonly #allowLoopback: boolean;
  readonly #clock: Clock;
  readonly #stopping = new AbortController();
  readonly #spareSecret = randomBytes(16).toString('hex');
  #subscription: WebhookSubscription | undefined;
  #troubles: WebhookTrouble[] = [];
  #held: { readonly uid: string; readonly rawBody: string }[] = [];

  /** Starts without a subscription. */
  constructor(parts: { readonly allowLoopback: boolean; readonly clock: Clock }) {
    this.#allowLoopback = parts.allowLoopback;
    this.#clock = parts.clock;
  }

  /** Replaces the subscription and its secret. @throws {StreamRefusal} the URL cannot be called */
  subscribe(notificationUrl: unknown): WebhookSubscription {
    if (typeof notificationUrl !== 'string' || !URL.canParse(notificationUrl))
      throw badRequest('notificationUrl must be a URL.');
    const { protocol, hostname } = new URL(notificationUrl);
    if (protocol !== 'http:' && protocol !== 'https:') throw badRequest('notificationUrl must be http or https.');
    const isLoopback = /^(?:(?:.*\.)?localhost\.?|127\..*|0\.0\.0\.0|\[::1?\]|\[::ffff:7f.*\])$/.test(hostname);
    if (isLoopback && !this.#allowLoopback) throw badRequest('notificationUrl must not be this computer.');
    const secret = randomBytes(16).toString('hex');
    this.#subscription = { notificationUrl, modifiedAtMs: this.#clock.now(), secret };
    return this.#subscription;
  }

  /** The subscription. @throws {StreamRefusal} there is none */
  get(): WebhookSubscription {
    if (this.#subscription === undefined) throw notFound();
    return this.#subscription;
  }

  /** Removes the subscription. @throws {StreamRefusal} there is none */
  unsubscribe(): void {
    this.get();
    this.#subscription = undefined;
  }

  /** The secret; a provisional one when no webhook is set. */
  get secret(): string {
    return this.#subscription?.secret ?? this.#spareSecret;
  }

  /** Applies to the next delivery. */
  troubleNext(trouble: WebhookTrouble): void {
    this.#troubles.push(trouble);
  }

  /** The delivery about a video as it would arrive now, without sending it. */
  compose(rawBody: string): WebhookRequest {
    return {
      rawBody: new TextEncoder().encode(rawBody),
      headers: {
        'content-type': 'application/json',
        'webhook-signature': webhookSignature(rawBody, this.secret, this.#clock.now()),
      },
    };
  }

  /** Sends the webhook about a video, when there is a subscription, with the next trouble applied. */
  async deliver(uid: string, rawBody: string): Promise<void> {
    if (this.#subscription === undefined) return;
    const trouble = this.#troubles.shift();
    if (trouble === 'lost') return;
    if (trouble === 'held') {
      this.#held.push({ uid, rawBody });
      return;
    }
    if (typeof trouble === 'object') {
      this.#sendLate(uid, rawBody, trouble.delayMs);
      return;
    }
    await this.#send(
      uid,
      rawBody,
      trouble === 'forged' ? this.#sign(rawBody, randomBytes(16).toString('hex')) : undefined,
    );
    if (trouble === 'duplicate') await this.#send(uid, rawBody);
    const held = this.#held;
    this.#held = [];
    for (const each of held) await this.#send(each.uid, each.rawBody);
  }

  /** Ends deliveries in progress. */
  stop(): void {
    this.#stopping.abort();
  }

  #sign(rawBody: string, secret: string): string {
    return webhookSignature(rawBody, secret, this.#clock.now());
  }

  #sendLate(uid: string, rawBody: string, delayMs: number): void {
    const { signal } = this.#stopping;
    const signature = this.#sign(rawBody, this.secret);
    this.#clock.sleep(delayMs, signal).then(
      () => this.#send(uid, rawBody, signature),
      (reason: unknown) => {
        if (!signal.aborted) throw reason;
      },
    );
  }

  async #send(uid: string, rawBody: string, readySignature?: string): Promise<void> {
    // It may have been removed during an earlier delivery.
    if (this.#subscription === undefined) return;
    const { notificationUrl, secret } = this.#subscription;
    const signature = readySignature ?? this.#sign(rawBody, secret);
    try {
      const response = await fetch(notificationUrl, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', 'Webhook-Signature': signature },
        body: rawBody,
        redirect: 'manual',
        signal: AbortSignal.any([this.#stopping.signal, AbortSignal.timeout(TIMEOUT_MS)]),
      });
      await response.body?.cancel();
      this.#remember({ uid, status: response.status });
    } catch {
      // A receiver that cannot be reached is recorded by a missing status.
      this.#remember({ uid });
    }
  }

  #remember(delivery: WebhookDelivery): void {
    this.deliveries.push(delivery);
    if (this.deliveries.length > MAX_REMEMBERED) this.deliveries.shift();
  }
}
