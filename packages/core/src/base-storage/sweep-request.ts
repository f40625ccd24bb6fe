import type { SweepOptions } from '../contract/storage.ts';
import { ValidationError } from '../errors/request-errors.ts';

const DEFAULT_LIMIT = 1000;
const MAX_LIMIT = 10_000;

/** Longest life of a reference, a ticket of 24 h and its grace of 24 h: an older upload can no longer be confirmed. 48 h. */
export const UNCONFIRMABLE_AFTER_MS: number = 48 * 60 * 60 * 1000;

/** Validated options of a sweep, limit and `dryRun` filled in. */
export type SweepRequest = SweepOptions & {
  /** 1–10 000. */
  readonly limit: number;
  /** Whether to count without changing anything. */
  readonly dryRun: boolean;
};

/** Validates options of `maintenance.sweep`; default limit 1 000. @throws {ValidationError} */
export function toSweepRequest(options: SweepOptions): SweepRequest {
  const { limit = DEFAULT_LIMIT, dryRun = false } = options;
  if (Number.isSafeInteger(limit) && limit >= 1 && limit <= MAX_LIMIT) return { ...options, limit, dryRun };
  const message = `The limit must be a whole number from 1 to ${MAX_LIMIT}.`;
  throw new ValidationError([{ path: 'limit', code: 'OPTION_INVALID', message }]);
}
