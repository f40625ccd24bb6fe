import { type Clock, canonicalId, describeError, type Logger, MemoryRateLimitStore } from '@videostorage/core';
import type { Actor } from './actor.ts';
import type { EventLog, NewLogEntry } from './event-log.ts';
import { type Asking, requestOf } from './request-of.ts';

/** More entries of one actor within a minute would add no information. */
const LINES_A_MINUTE = 20;
/** Number of actors with a count of their own; others share counts, see `MemoryRateLimitStore`. */
const MAX_ACTORS = 10_000;

/** A refusal, as the calling code knows it. */
export type RefusalLine = Pick<NewLogEntry, 'recordId' | 'event' | 'errorCode'> & {
  /** As requested; written as null when it is not a valid id. */
  readonly contextId?: unknown;
};

/**
 * Writes refusals to the history: at most 20 lines of one actor in any minute and process, so that a flood of requests,
 * which cost their sender nothing, does not fill the host app's database. The callers log each refusal, the omitted ones
 * too. When history cannot be written, this is logged and the sender still gets the refusal.
 */
export class RefusalHistory {
  readonly #events: EventLog;
  readonly #logger: Logger;
  readonly #counts: MemoryRateLimitStore;

  constructor(events: EventLog, logger: Logger, clock: Clock) {
    this.#events = events;
    this.#logger = logger;
    this.#counts = new MemoryRateLimitStore({ clock, maxKeys: MAX_ACTORS });
  }

  /** Writes one entry, or none when the actor has reached the limit. */
  async append({ userId, tenantId, roles }: Actor, { contextId, ...line }: RefusalLine, asking: Asking): Promise<void> {
    const key = JSON.stringify([tenantId, userId]);
    const [count] = await this.#counts.take([{ key, limit: LINES_A_MINUTE, windowMs: 60_000 }]);
    if (count?.allowed !== true) return;
    const person = { userId, role: roles[0] ?? null, contextId: canonicalId(contextId) ?? null };
    try {
      await this.#events.append({ ...line, ...person, occurrence: null, outcome: 'denied', elapsedMs: null });
    } catch (error) {
      const about = { operation: line.event, userId, ...requestOf(asking) };
      this.#logger.log('error', 'hook.failed', { ...about, ...describeError(error) });
    }
  }
}
