import type { Viewer } from '../contract/playback.ts';
import type {
  RateLimitCount,
  RateLimitEntry,
  RateLimitResult,
  RateLimitRule,
  RateLimitStore,
} from '../contract/rate-limit.ts';
import type { UploadRequest } from '../contract/upload.ts';
import { StoreUnavailableError } from '../errors/backend-errors.ts';
import { isVideoStorageError } from '../errors/is-video-storage-error.ts';
import { RateLimitedError, ValidationError } from '../errors/request-errors.ts';
import type { Secret } from '../log/secret.ts';
import { checkOptions } from '../options/check-options.ts';
import { rateLimitStoreOption } from '../options/collaborators.ts';
import { optional, optionOf, wholeNumber } from '../options/option-of.ts';
import type { OptionSchema, OptionSchemas } from '../options/option-schema.ts';
import { secretOption } from '../options/secret-option.ts';
import { validateIdentifier } from '../validation/identifier.ts';
import { MemoryRateLimitStore } from './memory-rate-limit-store.ts';
import { type CheckedRule, checkedRules } from './rate-limit-bounds.ts';
import { countPrefix, keyDigest } from './rate-limit-key.ts';

const HOUR_SECONDS = 3600;
const DEFAULT_STORE_TIMEOUT_MS = 250;

/** Settings of `RateLimiter`. */
export interface RateLimiterOptions {
  /** Where the counts are kept. Default: `MemoryRateLimitStore`, in this process. */
  readonly store?: RateLimitStore | undefined;
  /** Limits of `getUploadUrl`. Default: 20 an hour per user. No limits: `[]`. */
  readonly upload?: readonly RateLimitRule[] | undefined;
  /** Limits of `getPlaybackUrl`. Default: 600 an hour per user. No limits: `[]`. */
  readonly playback?: readonly RateLimitRule[] | undefined;
  /** Longest time in milliseconds to wait for a store outside this process, 1–60 000; after that the call is refused. Default 250. */
  readonly storeTimeoutMs?: number | undefined;
  /**
   * Secret of at least 32 bytes, the same in all processes. With it, a store outside this process gets the HMAC-SHA-256
   * of each id, so that a reader of the store cannot guess ids. Default: none; the store gets the plain SHA-256.
   */
  readonly keySecret?: string | Secret | undefined;
}

/** `checkedRules` checks the rules themselves. */
const rules: OptionSchema<readonly RateLimitRule[]> = optionOf(
  (value): value is readonly RateLimitRule[] => Array.isArray(value),
  "must be a list of rules, for instance [{ scope: 'user', limit: 20, windowSeconds: 3600 }]",
);
const OPTIONS = {
  store: optional(rateLimitStoreOption),
  upload: optional(rules),
  playback: optional(rules),
  storeTimeoutMs: optional(wholeNumber(1, 60_000, 'milliseconds')),
  keySecret: optional(secretOption({ minBytes: 32 })),
} satisfies OptionSchemas<RateLimiterOptions>;

interface CountedRule extends CheckedRule {
  readonly prefix: string;
}

type Ids = Readonly<Record<'user' | 'context' | 'tenant', unknown>>;

/**
 * Limits calls: never more than `limit` in any rolling window. A call is counted by all rules that apply to it, or by
 * none. When the store fails, the call is refused.
 */
export class RateLimiter {
  readonly #store: RateLimitStore;
  readonly #upload: readonly CountedRule[];
  readonly #playback: readonly CountedRule[];
  readonly #storeTimeoutMs: number;
  readonly #digest: (name: string) => Promise<string>;

  /** @throws {ConfigurationError} a rule is out of bounds or occurs twice, or the key secret is too short */
  constructor(options: RateLimiterOptions = {}) {
    const { upload, playback, keySecret, ...checked } = checkOptions('RateLimiter', options, OPTIONS);
    this.#store = checked.store ?? new MemoryRateLimitStore();
    this.#upload = countedRules('upload', upload ?? [{ scope: 'user', limit: 20, windowSeconds: HOUR_SECONDS }]);
    this.#playback = countedRules('playback', playback ?? [{ scope: 'user', limit: 600, windowSeconds: HOUR_SECONDS }]);
    this.#storeTimeoutMs = checked.storeTimeoutMs ?? DEFAULT_STORE_TIMEOUT_MS;
    this.#digest = keyDigest(keySecret);
  }

  /**
   * Counts an upload by every rule; rules per context or tenant are skipped when the request has none.
   * @throws {RateLimitedError} for the rule with the longest wait @throws {ValidationError} an invalid id
   * @throws {StoreUnavailableError}
   */
  checkUploadLimit(
    request: Pick<UploadRequest, 'userId' | 'contextId' | 'tenantId'>,
  ): Promise<readonly RateLimitCount[]> {
    return this.#check(this.#upload, () => uploadIds(request));
  }

  /**
   * Counts a playback by every rule. Without a viewer only `global` rules apply; rules per tenant never do.
   * @throws {RateLimitedError} for the rule with the longest wait @throws {ValidationError} an invalid id
   * @throws {StoreUnavailableError}
   */
  checkPlaybackLimit(viewer: Viewer | undefined): Promise<readonly RateLimitCount[]> {
    const ids = () => ({ user: viewer?.userId, context: viewer?.contextId, tenant: undefined });
    return this.#check(this.#playback, ids);
  }

  async #check(rules: readonly CountedRule[], readIds: () => Ids): Promise<readonly RateLimitCount[]> {
    const ids = readIds();
    const counted: CountedRule[] = [];
    const entries: RateLimitEntry[] = [];
    for (const rule of rules) {
      const id = rule.scope === 'global' ? '' : ids[rule.scope];
      if (id === undefined) continue;
      const key = rule.prefix + (rule.scope === 'global' ? '' : checkedId(rule.scope, id));
      counted.push(rule);
      entries.push({ key, limit: rule.limit, windowMs: rule.windowMs });
    }
    if (entries.length === 0) return [];
    // The store in memory answers at once and its keys stay in this process: a digest and a timer would cost more than
    // counting.
    const isInside = this.#store instanceof MemoryRateLimitStore;
    const results = await (isInside ? this.#store.take(entries) : this.#takeOutside(entries));
    const counts: RateLimitCount[] = [];
    let longest: RateLimitedError | undefined;
    for (const [index, { scope, windowSeconds }] of counted.entries()) {
      const result = results[index] ?? unavailable();
      counts.push({ ...result, scope, windowSeconds });
      const { allowed, limit, retryAfterMs } = result;
      if (allowed || retryAfterMs < (longest?.retryAfterMs ?? 0)) continue;
      longest = new RateLimitedError({ scope, limit, windowSeconds, retryAfterMs });
    }
    if (longest !== undefined) throw longest;
    return counts;
  }

  /** A store that fails is treated like one that does not answer: the call may not have been counted, so it is refused. */
  async #takeOutside(entries: readonly RateLimitEntry[]): Promise<readonly RateLimitResult[]> {
    const named = await Promise.all(entries.map(async (each) => ({ ...each, key: await this.#digest(each.key) })));
    let timer: ReturnType<typeof setTimeout> | undefined;
    const timeout = new Promise<never>((_resolve, reject) => {
      const giveUp = () => {
        const cause = new Error(`no answer within ${this.#storeTimeoutMs} ms`);
        reject(new StoreUnavailableError(undefined, { cause }));
      };
      // Not at once: a process that was busy for longer runs its timers before it reads an answer that has already arrived.
      timer = setTimeout(() => {
        timer = setTimeout(giveUp, 0);
      }, this.#storeTimeoutMs);
    });
    try {
      return await Promise.race([this.#store.take(named), timeout]);
    } catch (error) {
      throw isVideoStorageError(error) ? error : new StoreUnavailableError(undefined, { cause: error });
    } finally {
      clearTimeout(timer);
    }
  }
}

function countedRules(kind: 'upload' | 'playback', rules: readonly RateLimitRule[]): readonly CountedRule[] {
  return checkedRules(kind, rules).map((rule) => ({ ...rule, prefix: countPrefix(kind, rule) }));
}

/** A missing user becomes null, which is refused as an invalid id: undefined would skip the rules per user. */
function uploadIds({ userId, contextId, tenantId }: Pick<UploadRequest, 'userId' | 'contextId' | 'tenantId'>): Ids {
  return { user: userId ?? null, context: contextId, tenant: tenantId };
}

function checkedId(scope: string, id: unknown): string {
  const { value, problems } = validateIdentifier(`${scope}Id`, id);
  if (problems.length > 0) throw new ValidationError(problems);
  return value;
}

function unavailable(): never {
  throw new StoreUnavailableError();
}
