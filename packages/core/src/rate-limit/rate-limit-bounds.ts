import type { RateLimitRule } from '../contract/rate-limit.ts';
import { ConfigurationError } from '../errors/backend-errors.ts';

/** Each count keeps this many times; larger limits belong in an API gateway. */
const MAX_LIMIT = 1000;
/** Thirty-one days. */
const MAX_WINDOW_MS = 31 * 24 * 60 * 60 * 1000;
/** Rounding error of a whole number of milliseconds: 1.001 s are 1000.9999999999999 ms. */
const ROUNDING_MS = 1e-6;
const SCOPES: readonly RateLimitRule['scope'][] = ['user', 'context', 'tenant', 'global'];

/** A validated rule, its window in whole milliseconds. */
export type CheckedRule = RateLimitRule & {
  /** Length of the window. */
  readonly windowMs: number;
};

/**
 * Checks a limit and a window as every store must: a limit of 1–1 000, a window of 1–2 678 400 000 ms (31 days), both
 * whole numbers.
 * @throws {ConfigurationError} one of them is out of bounds
 */
export function assertRateLimit(limit: unknown, windowMs: unknown): void {
  if (!Number.isSafeInteger(limit) || Number(limit) < 1 || Number(limit) > MAX_LIMIT) {
    throw new ConfigurationError(`Set \`limit\` of a rate limit to a whole number from 1 to ${MAX_LIMIT}.`);
  }
  if (!Number.isSafeInteger(windowMs) || Number(windowMs) < 1 || Number(windowMs) > MAX_WINDOW_MS) {
    throw new ConfigurationError(
      'Set `windowSeconds` of a rate limit to 0.001 to 2 678 400 (31 days), in whole milliseconds.',
    );
  }
}

/** Validated copies of the rules. @throws {ConfigurationError} a rule that cannot be kept exactly, or two equal rules */
export function checkedRules(name: string, rules: readonly RateLimitRule[]): readonly CheckedRule[] {
  const checked = rules.map(checkedRule);
  const counts = new Set(checked.map(({ scope, limit, windowMs }) => `${scope}/${limit}/${windowMs}`));
  if (counts.size === checked.length) return checked;
  throw new ConfigurationError(`Two rules under \`${name}\` of the rate limiter are the same; remove one.`);
}

function checkedRule(rule: unknown): CheckedRule {
  const given: Partial<RateLimitRule> = typeof rule === 'object' && rule !== null ? rule : {};
  const { limit, windowSeconds } = given;
  const scope = SCOPES.find((known) => known === given.scope);
  if (scope === undefined) {
    throw new ConfigurationError('Set `scope` of a rate limit to user, context, tenant or global.');
  }
  const exactMs = typeof windowSeconds === 'number' ? windowSeconds * 1000 : Number.NaN;
  const windowMs = Math.abs(exactMs - Math.round(exactMs)) < ROUNDING_MS ? Math.round(exactMs) : Number.NaN;
  assertRateLimit(limit, windowMs);
  return { scope, limit: Number(limit), windowSeconds: windowMs / 1000, windowMs };
}
