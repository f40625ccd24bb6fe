import {
  BackendError,
  type ListRequest,
  refuseCursor,
  type StorageCall,
  type StoredVideo,
  type StoredVideoPage,
  toTimestamp,
} from '@videostorage/core';
import { z } from 'zod';
import type { CloudflareClient, ListedVideo, StreamListQuery } from './cloudflare-client.ts';
import { uidSchema } from './uid.ts';
import { isUnconfirmed, toStoredVideo } from './video-meta.ts';

const BACKEND = 'cloudflare-stream';
/** The API's largest answer. */
const MAX_LISTED = 1000;

/** The last video of a page; without its id when the page has all videos of its millisecond. */
export interface Place {
  readonly created: string;
  readonly uid?: string | undefined;
}

const placeSchema: z.ZodType<Place> = z.strictObject({
  created: z
    .string()
    .max(64)
    // Years of four digits: others overflow what dates can hold.
    .regex(/^\d{4}-/)
    .refine((text) => !Number.isNaN(Date.parse(text))),
  uid: uidSchema.optional(),
});

/**
 * Pages of a list that has no cursor, by windows of time: no video is missing or repeated. The API orders by time only, so a
 * page that would end within a millisecond asks for all videos of that millisecond and orders them by id.
 */
export class StreamList {
  readonly #client: CloudflareClient;

  constructor(client: CloudflareClient) {
    this.#client = client;
  }

  /** Newest first, without unconfirmed uploads; each request is a step of the call. */
  async page(request: ListRequest, call: StorageCall): Promise<StoredVideoPage> {
    const { listed, cursor } = await this.everything(request, call);
    const videos: readonly StoredVideo[] = listed
      .filter((video) => video.state !== 'pendingupload' && !isUnconfirmed(video))
      .map(toStoredVideo);
    return { videos, ...(cursor !== undefined && { cursor }) };
  }

  /** Newest first, with unconfirmed uploads. */
  async everything(
    request: Pick<ListRequest, 'limit' | 'cursor'>,
    call: StorageCall,
  ): Promise<{ readonly listed: readonly ListedVideo[]; readonly cursor?: string }> {
    const place = request.cursor === undefined ? undefined : decodePlace(request.cursor);
    const rest = place?.uid === undefined ? [] : (await this.#sameInstant(place, call)).filter(isAfter(place));
    const { older, isLast } = await this.#older(place, call, request.limit + 1 - rest.length);
    const fresh = [...rest, ...older];
    const listed = fresh.slice(0, request.limit);
    const [last, next] = [listed.at(-1), fresh[request.limit]];
    if (last === undefined || (isLast && next === undefined)) return { listed };
    const isWhole = next === undefined || instantOf(next) !== instantOf(last);
    return { listed, cursor: encodePlace(isWhole ? { created: last.created } : last) };
  }

  /**
   * The videos that are older than the place, one more than the page needs; those of the last millisecond in an order that does
   * not change.
   */
  async #older(
    place: Place | undefined,
    call: StorageCall,
    wanted: number,
  ): Promise<{ readonly older: readonly ListedVideo[]; readonly isLast: boolean }> {
    if (wanted <= 0) return { older: [], isLast: false };
    const limit = Math.min(MAX_LISTED, wanted);
    const before = place === undefined ? undefined : toTimestamp(instantOf(place));
    const listed = await this.#ask({ limit, before }, call);
    const older = listed.filter((video) => place === undefined || instantOf(video) < instantOf(place));
    const oldest = older.at(-1);
    if (listed.length < limit) return { older, isLast: true };
    if (oldest === undefined) {
      throw new BackendError('BACKEND_BAD_RESPONSE', 'Cloudflare repeats a page of its list instead of the next one.', {
        backendName: BACKEND,
      });
    }
    const [lastOfPage, next] = [older[wanted - 2], older[wanted - 1]];
    const endsBetween = next !== undefined && (lastOfPage === undefined || instantOf(lastOfPage) !== instantOf(next));
    if (endsBetween) return { older, isLast: false };
    const complete = older.filter((video) => instantOf(video) !== instantOf(oldest));
    return { older: [...complete, ...(await this.#sameInstant(oldest, call))], isLast: false };
  }

  /** All videos of a millisecond. @throws {BackendError} one answer cannot hold them, and there is no cursor */
  async #sameInstant(place: Place, call: StorageCall): Promise<readonly ListedVideo[]> {
    const instant = instantOf(place);
    // A millisecond wider than needed, since it is not documented whether the ends count.
    const window = { after: toTimestamp(instant - 1), before: toTimestamp(instant + 2), limit: MAX_LISTED };
    const listed = await this.#ask(window, call);
    if (listed.length >= MAX_LISTED) {
      const sentence = `More than ${MAX_LISTED - 1} videos were created within 3 milliseconds at ${toTimestamp(instant)}: Cloudflare’s API has no way to list them all, so delete some of them in the dashboard.`;
      throw new BackendError('BACKEND_REFUSED', sentence, { backendName: BACKEND });
    }
    return listed.filter((video) => instantOf(video) === instant).sort(byAge);
  }

  #ask(query: StreamListQuery, call: StorageCall): Promise<readonly ListedVideo[]> {
    return call.step('always', (signal) => this.#client.listVideos(query, signal));
  }
}

function instantOf({ created }: Place): number {
  return Date.parse(created);
}

function byAge(one: Required<Place>, other: Required<Place>): number {
  if (one.created !== other.created) return one.created > other.created ? -1 : 1;
  return (one.uid ?? '') < (other.uid ?? '') ? -1 : 1;
}

function isAfter({ created, uid }: Place): (video: ListedVideo) => boolean {
  return (video) => video.uid !== uid && byAge({ created, uid }, video) < 0;
}

/** The cursor of the page that follows a place. */
export function encodePlace({ created, uid }: Place): string {
  return btoa(JSON.stringify({ created, uid })).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

function decodePlace(cursor: string): Place {
  try {
    return placeSchema.parse(JSON.parse(atob(cursor.replaceAll('-', '+').replaceAll('_', '/'))));
  } catch (cause) {
    refuseCursor({ cause });
  }
}
