import {
  type CallOptions,
  type Clock,
  describeError,
  isVideoStorageError,
  type Logger,
  MemoryRateLimitStore,
} from '@videostorage/core';
import type { Reconciler } from './reconciler.ts';
import { requestOf } from './request-of.ts';
import type { Transitions } from './transitions.ts';
import type { VideoRecord } from './video-record.ts';
import { withMembers } from './with-members.ts';

const MIN_WAIT_MS = 2000;
/** The sweep uses the same fraction. */
const MAX_WAIT_MS = 60_000;
/** The next query is made after an eighth of the age: a delay that is hardly noticed, and few requests for a long encoding. */
const WAIT_PER_AGE = 1 / 8;
/**
 * Queries to one storage in a minute for all videos together: a quarter of what Cloudflare allows an account (1 200 in 5
 * minutes).
 */
const LOOKS_A_MINUTE = 60;
/** The deadline of a query: the record could be returned at once, so the caller must not wait long. */
const LOOK_TIMEOUT_MS = 2000;
/** Number of videos whose next query is remembered; beyond that the earliest is dropped, and may be queried too early. */
const MAX_VIDEOS = 10_000;

/**
 * Queries the storage about a video that is being processed when a browser reads it, so that a host app without webhooks
 * need not wait for the sweep: at most once in 2 seconds for each video and process, less often the longer it takes, and
 * within a limit for each storage. When a query fails, this is logged and the record is returned.
 */
export class ProcessingLooks {
  readonly #reconciler: Pick<Reconciler, 'reconcile'>;
  readonly #transitions: Pick<Transitions, 'completeOrLeave'>;
  readonly #logger: Logger;
  readonly #clock: Clock;
  readonly #byStorage: MemoryRateLimitStore;
  /** By id of the record, the earliest first. */
  readonly #nextLookMs = new Map<string, number>();

  constructor(parts: {
    reconciler: Pick<Reconciler, 'reconcile'>;
    transitions: Pick<Transitions, 'completeOrLeave'>;
    logger: Logger;
    clock: Clock;
  }) {
    this.#reconciler = parts.reconciler;
    this.#transitions = parts.transitions;
    this.#logger = parts.logger;
    this.#clock = parts.clock;
    this.#byStorage = new MemoryRateLimitStore({ clock: parts.clock });
  }

  /** The record after a query, or unchanged. @throws the caller's own abort */
  async look(record: VideoRecord, options: CallOptions): Promise<VideoRecord> {
    if (record.status !== 'processing' || !(await this.#takeTurn(record))) return record;
    try {
      const bounded = withMembers(options, { timeoutMs: LOOK_TIMEOUT_MS });
      const after = await this.#reconciler.reconcile(record, bounded);
      if (after.moved) await this.#transitions.completeOrLeave(after.record, options);
      return after.record;
    } catch (error) {
      if (!isVideoStorageError(error)) throw error;
      const about = {
        videoId: record.id,
        backendName: record.backendName,
        operation: 'getVideo',
        ...requestOf(options),
      };
      this.#logger.log('warn', 'request.failed', { ...about, ...describeError(error) });
      return record;
    }
  }

  async #takeTurn({ id, backendName, uploadedAt, createdAt }: VideoRecord): Promise<boolean> {
    const nowMs = this.#clock.now();
    const waitMs = (this.#nextLookMs.get(id) ?? nowMs) - nowMs;
    // A longer wait means that the clock was set back.
    if (waitMs > 0 && waitMs <= MAX_WAIT_MS) return false;
    const ageMs = nowMs - Date.parse(uploadedAt ?? createdAt);
    // Set before anything is awaited, so that simultaneous calls make one query.
    this.#nextLookMs.delete(id);
    this.#nextLookMs.set(id, nowMs + Math.min(MAX_WAIT_MS, Math.max(MIN_WAIT_MS, ageMs * WAIT_PER_AGE)));
    const [first] = this.#nextLookMs.keys();
    if (this.#nextLookMs.size > MAX_VIDEOS && first !== undefined) this.#nextLookMs.delete(first);
    const [count] = await this.#byStorage.take([{ key: backendName, limit: LOOKS_A_MINUTE, windowMs: 60_000 }]);
    return count?.allowed === true;
  }
}
