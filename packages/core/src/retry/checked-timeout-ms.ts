import { refuseOption } from '../errors/refuse-option.ts';

/** Where the caller sets no deadline. */
const DEFAULT_TIMEOUT_MS = 10_000;
/** Longer timers overflow on most platforms. */
const MAX_TIMEOUT_MS = 2_147_483_647;

/**
 * Checks and returns the deadline of a call: `timeoutMs` as given, default 10 s. Every call checks it when it begins,
 * whether or not it then makes a request, so that an invalid value is always refused.
 * @throws {ValidationError}
 */
export function checkedTimeoutMs(timeoutMs: number = DEFAULT_TIMEOUT_MS): number {
  // JavaScript callers may pass text, which would be appended to the time.
  if (typeof timeoutMs === 'number' && timeoutMs >= 1 && timeoutMs <= MAX_TIMEOUT_MS) return timeoutMs;
  const message = `The deadline must be 1 to ${MAX_TIMEOUT_MS} milliseconds.`;
  refuseOption('timeoutMs', message);
}
