/** Longest pause: one answer of a broken proxy must not stop a backend for a day. After it, one call probes. */
export const MAX_RETRY_AFTER_MS: number = 10 * 60 * 1000;
const SECONDS = /^\d{1,12}$/;
/** IMF-fixdate of RFC 9110, section 5.6.7. */
const HTTP_DATE = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;

/**
 * A `Retry-After` header (RFC 9110, section 10.2.3) in milliseconds: whole seconds or an HTTP date; at most ten minutes.
 * A date that has passed is 0; decimals, negative numbers and anything else are treated as absent: undefined.
 */
export function parseRetryAfter(value: string | null | undefined, nowMs: number): number | undefined {
  const text = value?.slice(0, 64).trim() ?? '';
  if (SECONDS.test(text)) return Math.min(Number(text) * 1000, MAX_RETRY_AFTER_MS);
  if (!HTTP_DATE.test(text)) return undefined;
  const epochMs = Date.parse(text);
  return Number.isNaN(epochMs) ? undefined : Math.min(Math.max(0, epochMs - nowMs), MAX_RETRY_AFTER_MS);
}
