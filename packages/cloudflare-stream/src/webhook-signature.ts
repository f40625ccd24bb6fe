import { type Secret, WebhookRefusedError } from '@videostorage/core';
import { z } from 'zod';

/** In both directions; the provider names no tolerance. */
const TOLERANCE_SECONDS = 300;
const MAX_HEADER_LENGTH = 512;
const partsSchema = z.object({ time: z.string().regex(/^\d{1,12}$/), sig1: z.string().regex(/^[0-9a-f]{64}$/) });

/** The time and the signature of a `Webhook-Signature` header; undefined when it is not one, or names a part twice. */
export function parseSignatureHeader(
  header: string,
): { readonly time: string; readonly signature: string } | undefined {
  if (header.length > MAX_HEADER_LENGTH) return undefined;
  const values = new Map<string, string>();
  for (const part of header.split(',')) {
    const at = part.indexOf('=');
    const name = part.slice(0, at).trim();
    if (at < 1 || values.has(name)) return undefined;
    values.set(name, part.slice(at + 1).trim());
  }
  const { data } = partsSchema.safeParse(Object.fromEntries(values));
  return data && { time: data.time, signature: data.sig1 };
}

/**
 * Verifies a webhook over its raw bytes: HMAC-SHA-256 of `time.body`, hex, by any of the secrets, within five minutes
 * (Cloudflare Stream, "Use webhooks"). @throws {WebhookRefusedError}
 */
export async function verifyWebhook(
  rawBody: Uint8Array,
  header: string,
  secrets: readonly Secret[],
  nowMs: number,
): Promise<{ readonly time: string; readonly signature: string }> {
  const parsed = parseSignatureHeader(header);
  if (secrets.length === 0)
    throw refusal('no secret is set. Pass what `webhooks.subscribe(url)` returned as `webhookSecrets`');
  if (parsed === undefined)
    throw refusal('it has no header `Webhook-Signature` with a `time` and a `sig1`, so it is not from Cloudflare');
  const prefix = new TextEncoder().encode(`${parsed.time}.`);
  const message = new Uint8Array(prefix.length + rawBody.length);
  message.set(prefix);
  message.set(rawBody, prefix.length);
  const signature = Uint8Array.from({ length: 32 }, (_, at) =>
    Number.parseInt(parsed.signature.slice(2 * at, 2 * at + 2), 16),
  );
  for (const secret of secrets) {
    const key = await crypto.subtle.importKey('raw', secret.reveal(), { name: 'HMAC', hash: 'SHA-256' }, false, [
      'verify',
    ]);
    // Compares in constant time.
    if (await crypto.subtle.verify('HMAC', key, signature, message)) return inTime(parsed, nowMs);
  }
  throw refusal(
    'no secret of `webhookSecrets` made its signature: forged, changed on its way, or of a later subscription',
  );
}

/** Checked after the signature, so that only Cloudflare's own webhooks are reported as late. */
function inTime<T extends { readonly time: string }>(parsed: T, nowMs: number): T {
  const ageSeconds = nowMs / 1000 - Number(parsed.time);
  if (ageSeconds > TOLERANCE_SECONDS) throw off(ageSeconds, 'old');
  if (ageSeconds < -TOLERANCE_SECONDS) throw off(-ageSeconds, 'ahead of this computer’s clock');
  return parsed;
}

function off(seconds: number, where: string): WebhookRefusedError {
  const by = `${Math.round(seconds)} seconds ${where}`;
  return refusal(
    `it is ${by}, and ${TOLERANCE_SECONDS} are allowed: it was replayed, or the clock of this computer is wrong`,
  );
}

function refusal(reason: string): WebhookRefusedError {
  return new WebhookRefusedError('WEBHOOK_SIGNATURE_INVALID', {}, `The webhook was not verified: ${reason}.`);
}
