import type { Viewer } from '../contract/playback.ts';
import type {
  LimitScope,
  RateLimitEntry,
  RateLimitResult,
  RateLimitRule,
  RateLimitStore,
} from '../contract/rate-limit.ts';
import type { UploadRequest } from '../contract/upload.ts';
import { ConfigurationError, StoreUnavailableError } from '../errors/backend-errors.ts';
import { RateLimitedError, ValidationError } from '../errors/request-errors.ts';
import { isVideoStorageError } from '../errors/video-storage-error.ts';
import { validateIdentifier } from '../validation/identifier.ts';
import { MemoryRateLimitStore } from './memory-rate-limit-store.ts';
import { assertRateLimit } from './rate-limit-bounds.ts';

const SCOPES: readonly unknown[] = ['user', 'context', 'tenant', 'global'];
const HOUR_SECONDS = 3600;
const DEFAULT_STORE_TIMEOUT_MS = 250;
/** Ends each part of a key; ids hold no control characters, so no id can run into the next part. */
const SEPARATOR = '\u001F';

/** Settings of `RateLimiter`. */
export interface RateLimiterOptions {
  /** Where the counts live. Default: `MemoryRateLimitStore`, in this process. */
  readonly store?: RateLimitStore | undefined;
  /** Rules for asking to upload. Default: 20 an hour per user. */
  readonly upload?: readonly RateLimitRule[] | undefined;
  /** Rules for asking to play. Default: 600 an hour per user. */
  readonly playback?: readonly RateLimitRule[] | undefined;
  /** How long the store may take; then the call is refused. Default 250. */
  readonly storeTimeoutMs?: number | undefined;
}

type Ids = Readonly<Partial<Record<Exclude<LimitScope, 'global'>, unknown>>>;

/** Exactly ≤ limit in any rolling window; several rules at once take from all counts or from none. Fails closed. */
export class RateLimiter {
  readonly #store: RateLimitStore;
  readonly #upload: readonly RateLimitRule[];
  readonly #playback: readonly RateLimitRule[];
  readonly #storeTimeoutMs: number;

  /** @throws {ConfigurationError} a rule that cannot be kept exactly */
  constructor(options: RateLimiterOptions = {}) {
    this.#store = options.store ?? new MemoryRateLimitStore();
    this.#upload = checkRules(options.upload ?? [{ scope: 'user', limit: 20, windowSeconds: HOUR_SECONDS }]);
    this.#playback = checkRules(options.playback ?? [{ scope: 'user', limit: 600, windowSeconds: HOUR_SECONDS }]);
    this.#storeTimeoutMs = options.storeTimeoutMs ?? DEFAULT_STORE_TIMEOUT_MS;
    if (!(this.#storeTimeoutMs >= 1 && this.#storeTimeoutMs <= 60_000)) {
      throw new ConfigurationError('Set `storeTimeoutMs` of the rate limiter to 1 to 60 000.');
    }
  }

  /**
   * Takes one from every count of an upload; rules of a scope that the request has no id for are passed over.
   * @throws {RateLimitedError} for the rule with the longest wait @throws {StoreUnavailableError}
   */
  checkUploadLimit(
    request: Pick<UploadRequest, 'userId' | 'contextId' | 'tenantId'>,
  ): Promise<readonly RateLimitResult[]> {
    const { userId: user, contextId: context, tenantId: tenant } = request;
    return this.#check('upload', this.#upload, { user, context, tenant });
  }

  /**
   * Takes one from every count of a playback; without a viewer only `global` rules count.
   * @throws {RateLimitedError} for the rule with the longest wait @throws {StoreUnavailableError}
   */
  checkPlaybackLimit(viewer: Viewer | undefined): Promise<readonly RateLimitResult[]> {
    return this.#check('playback', this.#playback, { user: viewer?.userId, context: viewer?.contextId });
  }

  async #check(kind: string, rules: readonly RateLimitRule[], ids: Ids): Promise<readonly RateLimitResult[]> {
    const counted: { readonly rule: RateLimitRule; readonly entry: RateLimitEntry }[] = [];
    for (const rule of rules) {
      const id = rule.scope === 'global' ? '' : ids[rule.scope];
      if (id !== undefined) counted.push({ rule, entry: toEntry(kind, rule, id) });
    }
    if (counted.length === 0) return [];
    const results = await this.#take(counted.map(({ entry }) => entry));
    let longest: RateLimitedError | undefined;
    for (const [index, { rule }] of counted.entries()) {
      const { allowed, limit, retryAfterMs } = results[index] ?? unavailable();
      if (allowed || retryAfterMs < (longest?.retryAfterMs ?? 0)) continue;
      longest = new RateLimitedError({ scope: rule.scope, limit, retryAfterMs });
    }
    if (longest !== undefined) throw longest;
    return results;
  }

  /** The store's failure and its silence are the same to a caller: nothing was counted for sure, so nothing is allowed. */
  async #take(entries: readonly RateLimitEntry[]): Promise<readonly RateLimitResult[]> {
    // Memory answers at once; a timer for each call would cost more than the count.
    if (this.#store instanceof MemoryRateLimitStore) return this.#store.take(entries);
    let timer: ReturnType<typeof setTimeout> | undefined;
    const silence = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new StoreUnavailableError()), this.#storeTimeoutMs);
    });
    try {
      return await Promise.race([this.#store.take(entries), silence]);
    } catch (error) {
      throw isVideoStorageError(error) ? error : new StoreUnavailableError(undefined, { cause: error });
    } finally {
      clearTimeout(timer);
    }
  }
}

function toEntry(kind: string, rule: RateLimitRule, id: unknown): RateLimitEntry {
  const windowMs = Math.round(rule.windowSeconds * 1000);
  const parts = [kind, rule.scope, rule.limit, windowMs];
  if (rule.scope !== 'global') {
    const { value, problems } = validateIdentifier(`${rule.scope}Id`, id);
    if (problems.length > 0) throw new ValidationError(problems);
    parts.push(value);
  }
  return { key: parts.join(SEPARATOR), limit: rule.limit, windowMs };
}

function checkRules(rules: readonly RateLimitRule[]): readonly RateLimitRule[] {
  for (const { scope, limit, windowSeconds } of rules) {
    if (!SCOPES.includes(scope)) {
      throw new ConfigurationError('Set `scope` of a rate limit to user, context, tenant or global.');
    }
    assertRateLimit(limit, windowSeconds * 1000);
  }
  return rules.map((rule) => ({ ...rule }));
}

function unavailable(): never {
  throw new StoreUnavailableError();
}
