/** An origin's answer, as the edge caches it. */
export interface CachedAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

interface Entry {
  readonly answer: CachedAnswer;
  readonly storedAtMs: number;
  readonly untilMs: number;
  readonly tags: readonly string[];
}

/** The TTLs of the managed cache policies `CachingOptimized` and `CachingOptimizedForUncompressedObjects`. */
const TTL_SECONDS = { min: 1, default: 86_400, max: 31_536_000 };
const MAX_ENTRIES = 10_000;
const MAX_BYTES = 256 * 1024 * 1024;

/**
 * The cache of the edges, by path: queries are not part of the key, as in the managed cache policies. Successful answers are
 * kept as long as their `Cache-Control` allows, else a day; refusals as long as the distribution is set to; the least recently
 * used ones are dropped when it is full.
 */
export class EdgeCache {
  readonly #entries = new Map<string, Entry>();
  readonly #errorTtlSeconds: number;
  #bytes = 0;
  #purges = 0;

  /** `errorTtlSeconds`: `ErrorCachingMinTTL` of the distribution; 0 keeps no refusal. */
  constructor(errorTtlSeconds: number) {
    this.#errorTtlSeconds = errorTtlSeconds;
  }

  /** How often something was purged: an answer that was requested before a purge may be outdated when it arrives. */
  get purges(): number {
    return this.#purges;
  }

  /** A cached answer that is still valid, and its age. */
  get(path: string, nowMs: number): { readonly answer: CachedAnswer; readonly ageSeconds: number } | undefined {
    const entry = this.#entries.get(path);
    if (entry === undefined) return undefined;
    this.#remove(path);
    if (nowMs >= entry.untilMs) return undefined;
    this.#add(path, entry);
    return { answer: entry.answer, ageSeconds: Math.max(0, Math.floor((nowMs - entry.storedAtMs) / 1000)) };
  }

  /** Caches an answer. */
  set(path: string, answer: CachedAnswer, nowMs: number): void {
    const tags = (answer.headers['x-amz-meta-cache-tag'] ?? '').split(',').map((tag) => tag.trim().toLowerCase());
    this.#remove(path);
    this.#add(path, {
      answer,
      storedAtMs: nowMs,
      untilMs: nowMs + ttlSeconds(answer, this.#errorTtlSeconds) * 1000,
      tags,
    });
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= MAX_ENTRIES && this.#bytes <= MAX_BYTES) break;
      this.#remove(oldest);
    }
  }

  /** Purges by path (`/a/b`, `/a/*`) or by tag (`#tag`). Paths are case-sensitive, tags are not. */
  purge(item: string): void {
    this.#purges += 1;
    for (const [path, { tags }] of this.#entries) {
      const isMeant = item.startsWith('#')
        ? tags.includes(item.slice(1).toLowerCase())
        : item.endsWith('*')
          ? path.startsWith(item.slice(0, -1))
          : path === item;
      if (isMeant) this.#remove(path);
    }
  }

  #add(path: string, entry: Entry): void {
    this.#entries.set(path, entry);
    this.#bytes += entry.answer.body.length;
  }

  #remove(path: string): void {
    this.#bytes -= this.#entries.get(path)?.answer.body.length ?? 0;
    this.#entries.delete(path);
  }
}

function ttlSeconds({ status, headers }: CachedAnswer, errorTtlSeconds: number): number {
  if (status >= 400) return errorTtlSeconds;
  const control = headers['cache-control'] ?? '';
  if (/\b(no-store|no-cache|private)\b/i.test(control)) return TTL_SECONDS.min;
  const [, seconds] = /\bs-maxage=(\d+)/i.exec(control) ?? /\bmax-age=(\d+)/i.exec(control) ?? [];
  if (seconds === undefined) return TTL_SECONDS.default;
  return Math.min(TTL_SECONDS.max, Math.max(TTL_SECONDS.min, Number(seconds)));
}
