import { createHmac } from 'node:crypto';

/** The header `Webhook-Signature` of a body: HMAC-SHA256 over `time.body`, keyed with the secret's own characters. */
export function webhookSignature(rawBody: string, secret: string, nowMs: number): string {
  const time = Math.floor(nowMs / 1000);
  const sig1 = createHmac('sha256', secret).update(`${time}.${rawBody}`).digest('hex');
  return `time=${time},sig1=${sig1}`;
}
