import { type Secret, WebhookRefusedError } from '@videostorage/core';

/** In both directions; the provider names no tolerance. */
const TOLERANCE_SECONDS = 300;
const MAX_HEADER_LENGTH = 512;
const MAX_PARTS = 8;
const TIME = /^\d{1,12}$/;
const HEX = /^[0-9a-f]{64}$/;

/** The time and the signature of a `Webhook-Signature` header; undefined when it is not one, or names a part twice. */
export function parseSignatureHeader(
  header: string,
): { readonly time: string; readonly signature: string } | undefined {
  if (header.length > MAX_HEADER_LENGTH) return undefined;
  const parts = header.split(',');
  if (parts.length > MAX_PARTS) return undefined;
  const values = new Map<string, string>();
  for (const part of parts) {
    const at = part.indexOf('=');
    const name = part.slice(0, at).trim();
    if (at < 1 || values.has(name)) return undefined;
    values.set(name, part.slice(at + 1).trim());
  }
  const [time, signature] = [values.get('time') ?? '', values.get('sig1') ?? ''];
  return TIME.test(time) && HEX.test(signature) ? { time, signature } : undefined;
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
    throw refusal('no secret is set. Pass what `webhooks.subscribe(url)` gave as `webhookSecrets`');
  if (parsed === undefined)
    throw refusal('it has no header `Webhook-Signature: time=…,sig1=…`, so it is not from Cloudflare');
  const prefix = new TextEncoder().encode(`${parsed.time}.`);
  const message = new Uint8Array(prefix.length + rawBody.length);
  message.set(prefix);
  message.set(rawBody, prefix.length);
  const signature = Uint8Array.from(parsed.signature.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
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

/** Looked at after the signature, so that only Cloudflare's own webhooks are said to be late. */
function inTime<T extends { readonly time: string }>(parsed: T, nowMs: number): T {
  const offSeconds = Math.round(nowMs / 1000 - Number(parsed.time));
  if (Math.abs(nowMs / 1000 - Number(parsed.time)) <= TOLERANCE_SECONDS) return parsed;
  const sides = offSeconds > 0 ? `${offSeconds} seconds old` : `${-offSeconds} seconds ahead of this computer’s clock`;
  throw refusal(`it is ${sides}, and ${TOLERANCE_SECONDS} are allowed: replayed, or the clock is off`);
}

function refusal(reason: string): WebhookRefusedError {
  return new WebhookRefusedError('WEBHOOK_SIGNATURE_INVALID', {}, `The webhook was not verified: ${reason}.`);
}
