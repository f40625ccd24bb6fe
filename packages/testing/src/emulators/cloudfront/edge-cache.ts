/** An origin's answer, as the edge keeps it. */
export interface CachedAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** `ErrorCachingMinTTL` of a distribution by default. */
const ERROR_TTL_MS = 10_000;

/** What the edges remember: good answers until they are invalidated, refusals for ten seconds. */
export class EdgeCache {
  readonly #entries = new Map<
    string,
    { readonly answer: CachedAnswer; readonly untilMs: number; readonly tags: readonly string[] }
  >();

  /** A remembered answer that still holds. */
  get(target: string, nowMs: number): CachedAnswer | undefined {
    const entry = this.#entries.get(target);
    return entry !== undefined && nowMs < entry.untilMs ? entry.answer : undefined;
  }

  /** Remembers an answer. */
  set(target: string, answer: CachedAnswer, nowMs: number): void {
    const untilMs = answer.status >= 400 ? nowMs + ERROR_TTL_MS : Number.POSITIVE_INFINITY;
    const tags = (answer.headers['x-amz-meta-cache-tag'] ?? '').split(',').map((tag) => tag.trim().toLowerCase());
    this.#entries.set(target, { answer, untilMs, tags });
  }

  /** Forgets by path (`/a/b`, `/a/*`) or by tag (`#tag`). Paths are case-sensitive, tags are not. */
  forget(item: string): void {
    for (const [target, { tags }] of this.#entries) {
      const path = target.split('?')[0] ?? '';
      const isMeant = item.startsWith('#')
        ? tags.includes(item.slice(1).toLowerCase())
        : item.endsWith('*')
          ? target.startsWith(item.slice(0, -1))
          : path === item || target === item;
      if (isMeant) this.#entries.delete(target);
    }
  }
}
