import {
  type CallOptions,
  canonicalId,
  checkCallOptions,
  type OptionSchemas,
  optional,
  type Secret,
  type VideoPage,
  wholeNumber,
} from '@videostorage/core';
import type { Actor } from './actor.ts';
import { LOG_FILTER, pageItems, RECORD_QUERY } from './checked-queries.ts';
import { CursorSeal } from './cursor-seal.ts';
import type { EventLog, LogPage, LogQuery } from './event-log.ts';
import type { Rights } from './rights.ts';
import { toVideoMetadata } from './to-video-metadata.ts';
import type { VideoRecordQuery, VideoRecords } from './video-records.ts';

/** The statuses of videos that exist for viewers: from the confirm to the delete. */
export const LISTED = ['processing', 'ready', 'failed'] as const;
const PAGE = 100;

/** Selects the videos that an actor requests. It has no `tenantId`: the tenant is always the actor's own. */
export interface VideoListQuery extends Omit<VideoRecordQuery, 'tenantId' | 'limit'> {
  /** Videos per page, 1–1 000. Default 100. */
  readonly limit?: number | undefined;
}

/** Selects the history entries that an actor requests. */
export interface EventListQuery extends Omit<LogQuery, 'limit'> {
  /** Entries per page, 1–1 000. Default 100. */
  readonly limit?: number | undefined;
}

const limit = optional(wholeNumber(1, 1000));
const { tenantId: _tenantId, ...VIDEO_FILTER } = RECORD_QUERY;

/** All names, so that a misspelt filter is refused: ignoring it would list more than was requested. */
const VIDEO_QUERY = {
  ...{ ...VIDEO_FILTER, limit, videos: pageItems },
} satisfies OptionSchemas<VideoListQuery>;
const EVENT_QUERY = {
  ...{ ...LOG_FILTER, cursor: RECORD_QUERY.cursor, limit, entries: pageItems },
} satisfies OptionSchemas<EventListQuery>;

/** Pages of videos and history that the actor may read, with cursors that reveal nothing else. */
export class Listings {
  readonly #records: VideoRecords;
  readonly #events: EventLog;
  readonly #rights: Rights;
  readonly #cursors: CursorSeal;

  constructor(parts: { records: VideoRecords; events: EventLog; rights: Rights }, cursorSecrets: readonly Secret[]) {
    this.#records = parts.records;
    this.#events = parts.events;
    this.#rights = parts.rights;
    this.#cursors = new CursorSeal(cursorSecrets);
  }

  /** @throws {AccessError} @throws {ValidationError} */
  async videos(actor: Actor, asked: VideoListQuery, options: CallOptions): Promise<VideoPage> {
    const { videos: _, ...query } = checkCallOptions(asked, VIDEO_QUERY);
    const { limit = PAGE, statuses = LISTED } = query;
    const [contextId, userId] = [asStored(query.contextId), asStored(query.userId)];
    await this.#rights.check({ actor, operation: 'video.list', contextId, userId }, options);
    const { tenantId } = actor;
    const cursor = await this.#cursors.open('videos', query.cursor);
    const scope = { cursor, limit, statuses, contextId, userId, ...(tenantId !== undefined && { tenantId }) };
    const page = await this.#records.list({ ...query, ...scope });
    const videos = (await this.#rights.readable(actor, page.records)).map(toVideoMetadata);
    return { videos, ...(page.cursor !== undefined && { cursor: await this.#cursors.seal('videos', page.cursor) }) };
  }

  /** @throws {AccessError} @throws {ValidationError} @throws {VideoNotFoundError} no such record */
  async events(actor: Actor, asked: EventListQuery, options: CallOptions): Promise<LogPage> {
    const { entries: _, ...query } = checkCallOptions(asked, EVENT_QUERY);
    const { recordId, limit = PAGE } = query;
    const [contextId, userId] = [asStored(query.contextId), asStored(query.userId)];
    if (recordId === undefined) {
      await this.#rights.check({ actor, operation: 'events.read', contextId, userId }, options);
    } else await this.#rights.recordFor(actor, recordId, 'events.read', options);
    const cursor = await this.#cursors.open('events', query.cursor);
    const page = await this.#events.list({ ...query, contextId, userId, limit, cursor });
    const entries = await this.#rights.ofTenant(actor, page.entries);
    return { entries, ...(page.cursor !== undefined && { cursor: await this.#cursors.seal('events', page.cursor) }) };
  }
}

/** An id in the form in which records hold it; text that is not an id matches none of them. */
function asStored(id: string | undefined): string | undefined {
  return canonicalId(id) ?? id;
}
