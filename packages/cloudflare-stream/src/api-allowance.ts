import type { Timestamp } from '@videostorage/core';
import { toTimestamp } from '@videostorage/core';

/** How many more requests the API accepts from the token, according to Cloudflare's last answer. */
export interface ApiAllowance {
  /** Requests that are left in the current window. At 0 Cloudflare blocks the token for five minutes. */
  readonly remainingRequests: number;
  /** When the window ends, by the host app's clock. */
  readonly resetsAt: Timestamp;
}

/** One item of a list of RFC 9651 with its parameters r (remaining) and t (seconds). */
const ITEM = /^\s*"[^"]{0,64}"\s*;([^,]{1,128})$/;
const MAX_HEADER_LENGTH = 1024;

/**
 * Reads `Ratelimit: "default";r=50;t=30` (Cloudflare, "API rate limits", since September 2025); of several policies the one
 * with the fewest requests left. Undefined when the header is absent or of another form.
 */
export function parseApiAllowance(header: string | undefined, nowMs: number): ApiAllowance | undefined {
  if (header === undefined || header.length > MAX_HEADER_LENGTH) return undefined;
  const found = header.split(',').flatMap((item) => {
    const parameters =
      ITEM.exec(item)?.[1]
        ?.split(';')
        .map((pair) => pair.trim().split('=')) ?? [];
    const [remaining, seconds] = ['r', 't'].map((name) => parameters.find(([key]) => key === name)?.[1] ?? '');
    return isCount(remaining) && isCount(seconds) ? [{ remaining: Number(remaining), seconds: Number(seconds) }] : [];
  });
  const [fewest] = found.sort((one, other) => one.remaining - other.remaining);
  return fewest && { remainingRequests: fewest.remaining, resetsAt: toTimestamp(nowMs + fewest.seconds * 1000) };
}

function isCount(text: string | undefined): boolean {
  return text !== undefined && /^\d{1,9}$/.test(text);
}
