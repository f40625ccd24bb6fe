import { type Clock, MemoryRateLimitStore } from '@videostorage/core';
import type { Actor } from './actor.ts';
import { canonicalId } from './canonical-id.ts';
import type { EventLog, NewLogEntry } from './event-log.ts';

/** More of one actor within a minute show nothing new. */
const LINES_A_MINUTE = 20;
/** Actors that are counted one by one; others share counts, see `MemoryRateLimitStore`. */
const MAX_ACTORS = 10_000;

/** A refusal as the caller knows it. */
export type RefusalLine = Pick<NewLogEntry, 'recordId' | 'event' | 'errorCode'> & {
  /** As it was asked for; what is no id is left out. */
  readonly contextId?: unknown;
};

/**
 * Writes refusals into the history: at most 20 lines of one actor in any minute and process, so that a flood of requests that
 * cost the sender nothing does not fill the host's database. The callers log each refusal, the omitted ones too.
 */
export class RefusalHistory {
  readonly #events: EventLog;
  readonly #counts: MemoryRateLimitStore;

  constructor(events: EventLog, clock: Clock) {
    this.#events = events;
    this.#counts = new MemoryRateLimitStore({ clock, maxKeys: MAX_ACTORS });
  }

  /** One line, or none when the actor has had theirs. */
  async append({ userId, tenantId, roles }: Actor, { contextId, ...line }: RefusalLine): Promise<void> {
    const key = JSON.stringify([tenantId, userId]);
    const [count] = await this.#counts.take([{ key, limit: LINES_A_MINUTE, windowMs: 60_000 }]);
    if (count?.allowed !== true) return;
    await this.#events.append({
      ...{ ...line, occurrence: null, outcome: 'denied', elapsedMs: null },
      ...{ userId, role: roles[0] ?? null, contextId: canonicalId(contextId) ?? null },
    });
  }
}
