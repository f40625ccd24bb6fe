import type { SweepOptions } from '../contract/storage.ts';
import { booleanOption } from '../options/boolean-option.ts';
import { callOptionSchemas } from '../options/call-option-schemas.ts';
import { optional, wholeNumber } from '../options/option-of.ts';
import type { OptionSchemas } from '../options/option-schema.ts';
import { callOptionsOf } from './call-options-of.ts';
import { checkCallOptions } from './option-problems.ts';

const DEFAULT_LIMIT = 1000;
const MAX_LIMIT = 10_000;

/** Longest lifetime of a reference, 48 h: a ticket of 24 h and a grace period of 24 h. An older upload can no longer be confirmed. */
export const UNCONFIRMABLE_AFTER_MS: number = 48 * 60 * 60 * 1000;

/** Validated options of a sweep, with the defaults of `limit` and `dryRun` filled in. */
export type SweepRequest = SweepOptions & {
  /** How many items are examined at most, 1–10 000. */
  readonly limit: number;
  /** Whether to count without changing anything. */
  readonly dryRun: boolean;
};

const SCHEMAS = {
  limit: optional(wholeNumber(1, MAX_LIMIT)),
  dryRun: optional(booleanOption),
  ...callOptionSchemas,
} satisfies OptionSchemas<SweepOptions>;

/**
 * Validates options of `maintenance.sweep`; default limit 1 000. Unknown names are refused: a misspelt `dryRun` would
 * free what it was meant only to count.
 * @throws {ValidationError} with every problem
 */
export function toSweepRequest(options: SweepOptions): SweepRequest {
  const { limit = DEFAULT_LIMIT, dryRun = false } = checkCallOptions(options, SCHEMAS);
  return { ...callOptionsOf(options), limit, dryRun };
}
