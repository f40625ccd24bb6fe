import type { RateLimitCount, RateLimitedError } from '@videostorage/core';

type Headers = Readonly<Record<'RateLimit-Policy' | 'RateLimit', string>>;

/**
 * The state of the caller's own counts (draft-ietf-httpapi-ratelimit-headers-11). Counts shared with other users are
 * omitted, since they would show what the others do. Without counts there are no headers.
 */
export function rateLimitHeaders(policy: string, counts: readonly RateLimitCount[]): Headers | undefined {
  const own = counts.filter(({ scope }) => scope === 'user');
  if (own.length === 0) return undefined;
  return {
    'RateLimit-Policy': own.map((count) => policyItem(policy, count)).join(', '),
    RateLimit: own.map((count) => limitItem(policy, count, count.remaining, count.resetMs)).join(', '),
  };
}

/** The count that refused a call, even when users share it: the answer says anyway that it is full. */
export function refusedRateLimitHeaders(policy: string, error: RateLimitedError): Headers | undefined {
  const { scope, limit, windowSeconds, retryAfterMs } = error;
  if (windowSeconds === undefined) return undefined;
  const rule = { scope, limit, windowSeconds };
  return { 'RateLimit-Policy': policyItem(policy, rule), RateLimit: limitItem(policy, rule, 0, retryAfterMs) };
}

type Rule = Pick<RateLimitCount, 'scope' | 'limit' | 'windowSeconds'>;

function policyItem(policy: string, rule: Rule): string {
  return `${nameOf(policy, rule)};q=${rule.limit};w=${Math.ceil(rule.windowSeconds)}`;
}

/** Seconds are rounded up, so that a caller who waits that long is not refused again. */
function limitItem(policy: string, rule: Rule, remaining: number, waitMs: number): string {
  return `${nameOf(policy, rule)};r=${remaining};t=${Math.ceil(waitMs / 1000)}`;
}

/** A separate name for each rule, since several may have the same scope. */
function nameOf(policy: string, { scope, windowSeconds }: Rule): string {
  return `"${policy}-${scope}-${windowSeconds}s"`;
}
