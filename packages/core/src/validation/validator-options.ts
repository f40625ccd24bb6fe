import type { ValidationRule } from '../contract/problem.ts';
import { ConfigurationError } from '../errors/backend-errors.ts';
import { MEDIA_TYPES } from './media-type-table.ts';
import { canonicalMimeType } from './media-types.ts';

/** What a host accepts. */
export interface ValidatorOptions {
  /** Largest file. Default 5 000 000 000 (5 GB): still one POST to S3, whose limit is 5 GiB. */
  readonly maxSizeBytes?: number | undefined;
  /** Accepted video types, by any of their names. Default: every type of `MEDIA_TYPES`. */
  readonly mimeTypes?: readonly string[] | undefined;
  /**
   * Longest play time that a request may ask for. Default 36 000 (ten hours, the most that Cloudflare Stream takes). When it
   * is given, a request that names no play time gets this one, so that leaving it out is no way around the limit.
   */
  readonly maxDurationSeconds?: number | undefined;
  /**
   * The host's own rules. They see the request in canonical form and run when every member has the right JavaScript type,
   * also when other problems were found, so that the user hears of everything at once. What a rule throws passes through.
   */
  readonly rules?: readonly ValidationRule[] | undefined;
}

/** Options with their defaults, in canonical form. */
export interface ResolvedValidatorOptions {
  /** Largest file. */
  readonly maxSizeBytes: number;
  /** Accepted video types, canonical, each once. */
  readonly mimeTypes: readonly string[];
  /** Longest play time that a request may ask for. */
  readonly maxDurationSeconds: number;
  /** What a request that names no play time gets; undefined leaves it to the backend. */
  readonly defaultMaxDurationSeconds: number | undefined;
  /** The host's own rules. */
  readonly rules: readonly ValidationRule[];
}

const DEFAULT_MAX_SIZE_BYTES = 5_000_000_000;
const DEFAULT_MAX_DURATION_SECONDS = 36_000;
const KNOWN: readonly string[] = ['maxSizeBytes', 'mimeTypes', 'maxDurationSeconds', 'rules'];

/** The options with their defaults. @throws {ConfigurationError} with the sentence that repairs them */
export function resolveValidatorOptions(options: ValidatorOptions): ResolvedValidatorOptions {
  if (typeof options !== 'object' || options === null)
    throw new ConfigurationError('Pass the validator options as an object.');
  const unknown = Object.keys(options).filter((name) => !KNOWN.includes(name));
  if (unknown.length > 0) {
    throw new ConfigurationError(`The validator has no option "${unknown[0]}"; its options are ${KNOWN.join(', ')}.`);
  }
  const { maxSizeBytes = DEFAULT_MAX_SIZE_BYTES, maxDurationSeconds, rules = [] } = options;
  requireCount('maxSizeBytes', maxSizeBytes, 'bytes');
  requireCount('maxDurationSeconds', maxDurationSeconds ?? DEFAULT_MAX_DURATION_SECONDS, 'seconds');
  if (!Array.isArray(rules) || rules.some((rule) => typeof rule !== 'function')) {
    throw new ConfigurationError('Set rules to an array of functions (request) => problems.');
  }
  return {
    maxSizeBytes,
    mimeTypes: resolveMimeTypes(options.mimeTypes),
    maxDurationSeconds: maxDurationSeconds ?? DEFAULT_MAX_DURATION_SECONDS,
    defaultMaxDurationSeconds: maxDurationSeconds,
    rules: [...rules],
  };
}

function requireCount(name: string, value: number, unit: string): void {
  if (Number.isSafeInteger(value) && value >= 1) return;
  throw new ConfigurationError(`Set ${name} to a whole number of ${unit} from 1 to ${Number.MAX_SAFE_INTEGER}.`);
}

function resolveMimeTypes(mimeTypes: readonly string[] | undefined): readonly string[] {
  const known = MEDIA_TYPES.map((type) => type.mimeType);
  if (mimeTypes === undefined) return known;
  if (!Array.isArray(mimeTypes) || mimeTypes.length === 0) {
    throw new ConfigurationError(
      'Set mimeTypes to an array of video types, or leave it out to accept every known one.',
    );
  }
  const canonical = mimeTypes.map((mimeType: unknown) => {
    const found = typeof mimeType === 'string' ? canonicalMimeType(mimeType, '') : undefined;
    if (found !== undefined) return found;
    throw new ConfigurationError(
      `mimeTypes contains ${JSON.stringify(mimeType)}, which is no known video type; choose from ${known.join(', ')}, or leave mimeTypes out to accept all of them.`,
    );
  });
  return [...new Set(canonical)];
}
