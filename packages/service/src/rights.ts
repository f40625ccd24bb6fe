import { AccessError, isRandomId, type Logger, VideoNotFoundError } from '@videostorage/core';
import type { AccessQuestion, Actor, Authorize, Operation } from './actor.ts';
import type { LogEntry } from './event-log.ts';
import type { RefusalHistory } from './refusal-history.ts';
import { type Asking, requestOf } from './request-of.ts';
import type { VideoRecord } from './video-record.ts';
import type { VideoRecords } from './video-records.ts';

/**
 * Calls of `authorize` at the same time. Each may query the host app's database, and one list must not use up its
 * connections.
 */
const QUESTIONS_AT_ONCE = 16;

/** Asks the host app's `authorize`, logs every refusal and writes it to the history. Without an `authorize` everything is refused. */
export class Rights {
  readonly #records: VideoRecords;
  readonly #refusals: RefusalHistory;
  readonly #logger: Logger;
  readonly #authorize: Authorize;

  /** Default of `authorize`: refuse. */
  constructor(records: VideoRecords, refusals: RefusalHistory, logger: Logger, authorize: Authorize = () => false) {
    this.#records = records;
    this.#refusals = refusals;
    this.#logger = logger;
    this.#authorize = authorize;
  }

  /**
   * Returns the record if the actor may do this with it. @throws {VideoNotFoundError} missing, forged, another user's or
   * refused
   */
  async recordFor(actor: Actor, id: string, operation: Operation, asking: Asking): Promise<VideoRecord> {
    const record = isRandomId(id) ? await this.#records.get(id) : undefined;
    if (record === undefined || !isOfTenant(record, actor)) throw new VideoNotFoundError();
    const contextId = record.contextId ?? undefined;
    if (!(await this.#mayDo({ actor, operation, contextId, record }))) {
      await this.#deny({ actor, operation, contextId }, record.id, asking);
      throw new VideoNotFoundError();
    }
    return record;
  }

  /** Resolves if the actor may do this in general. @throws {AccessError} */
  async check(question: Omit<AccessQuestion, 'record'>, asking: Asking): Promise<void> {
    if (await this.#mayDo(question)) return;
    await this.#deny(question, null, asking);
    throw new AccessError('ACCESS_DENIED');
  }

  /**
   * The records that the actor may read; `authorize` is called for a few at a time. The others are omitted from a list
   * without being logged.
   */
  async readable(actor: Actor, records: readonly VideoRecord[]): Promise<readonly VideoRecord[]> {
    const operation = 'video.read';
    const readable: VideoRecord[] = [];
    for (let start = 0; start < records.length; start += QUESTIONS_AT_ONCE) {
      const few = records.slice(start, start + QUESTIONS_AT_ONCE).filter((record) => isOfTenant(record, actor));
      const allowed = await Promise.all(
        few.map((record) => this.#mayDo({ actor, operation, contextId: record.contextId ?? undefined, record })),
      );
      readable.push(...few.filter((_, index) => allowed[index] === true));
    }
    return readable;
  }

  /**
   * The entries about records of the actor's tenant. Entries about no record belong to no tenant; only actors without a
   * tenant get them.
   */
  async ofTenant(actor: Actor, entries: readonly LogEntry[]): Promise<readonly LogEntry[]> {
    if (actor.tenantId === undefined) return entries;
    const ids = new Set(entries.flatMap(({ recordId }) => recordId ?? []));
    const own = new Set<string>();
    for (let rest = [...ids]; rest.length > 0; rest = rest.slice(QUESTIONS_AT_ONCE)) {
      const few = await Promise.all(rest.slice(0, QUESTIONS_AT_ONCE).map((id) => this.#records.get(id)));
      for (const record of few) if (record !== undefined && isOfTenant(record, actor)) own.add(record.id);
    }
    return entries.filter(({ recordId }) => own.has(recordId ?? ''));
  }

  /** A host app written in JavaScript may return anything; only `true` allows. */
  async #mayDo(question: AccessQuestion): Promise<boolean> {
    const answer: unknown = await this.#authorize(question);
    return answer === true;
  }

  async #deny({ actor, operation, contextId }: AccessQuestion, recordId: string | null, asking: Asking): Promise<void> {
    const event = operation === 'video.play' ? 'playback.denied' : 'access.denied';
    const { userId } = actor;
    const about = { ...(recordId !== null && { videoId: recordId }), ...(contextId !== undefined && { contextId }) };
    this.#logger.log('warn', event, { userId, operation, code: 'ACCESS_DENIED', ...requestOf(asking), ...about });
    await this.#refusals.append(actor, { recordId, event, contextId, errorCode: 'ACCESS_DENIED' }, asking);
  }
}

function isOfTenant(record: VideoRecord, actor: Actor): boolean {
  return actor.tenantId === undefined || record.tenantId === actor.tenantId;
}
