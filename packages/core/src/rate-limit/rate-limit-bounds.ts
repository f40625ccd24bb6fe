import { ConfigurationError } from '../errors/backend-errors.ts';

/** Each count remembers so many times; larger limits belong to an API gateway. */
const MAX_LIMIT = 1000;
/** Thirty-one days. */
const MAX_WINDOW_MS = 31 * 24 * 60 * 60 * 1000;

/** @throws {ConfigurationError} a limit or window that cannot be kept exactly */
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
