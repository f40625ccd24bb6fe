import {
  BackendError,
  type ListRequest,
  toTimestamp,
  ValidationError,
  type VideoMetadata,
  type VideoPage,
} from '@videostorage/core';
import { z } from 'zod';
import type { CloudflareClient } from './cloudflare-client.ts';
import { uidSchema } from './uid.ts';
import type { VideoDetails } from './video-details.ts';
import { toVideoMetadata } from './video-meta.ts';

const BACKEND = 'cloudflare-stream';
/** The API's largest answer. */
const MAX_LISTED = 1000;

/** The last video that was given; without its id when its whole millisecond was. */
interface Place {
  readonly created: string;
  readonly uid?: string | undefined;
}

const placeSchema: z.ZodType<Place> = z.strictObject({
  created: z
    .string()
    .max(64)
    .refine((text) => !Number.isNaN(Date.parse(text))),
  uid: uidSchema.optional(),
});

/**
 * Pages over a listing that has no cursor, by windows of time, without loss and without repetition. The API orders by time
 * only, so a page that would end within a millisecond asks for all videos of that millisecond and orders them by id.
 */
export class StreamList {
  readonly #client: CloudflareClient;

  constructor(client: CloudflareClient) {
    this.#client = client;
  }

  /** Newest first. Uploads whose bytes have not arrived are no videos yet. */
  async page(backendName: string, request: ListRequest): Promise<VideoPage> {
    const place = request.cursor === undefined ? undefined : decodePlace(request.cursor);
    const rest = place?.uid === undefined ? [] : (await this.#sameInstant(place, request)).filter(isAfter(place));
    const { older, isLast } = await this.#older(place, request, request.limit + 1 - rest.length);
    const fresh = [...rest, ...older];
    const shown = fresh.slice(0, request.limit);
    const videos: readonly VideoMetadata[] = shown
      .filter(({ state }) => state !== 'pendingupload')
      .map((video) => toVideoMetadata(video, backendName));
    const [last, next] = [shown.at(-1), fresh[request.limit]];
    if (last === undefined || (isLast && next === undefined)) return { videos };
    const isWhole = next === undefined || instantOf(next) !== instantOf(last);
    return { videos, cursor: encodePlace(isWhole ? { created: last.created } : last) };
  }

  /** What is older than the place, one more than the page needs; its last millisecond in an order that does not change. */
  async #older(
    place: Place | undefined,
    { signal }: ListRequest,
    wanted: number,
  ): Promise<{ readonly older: readonly VideoDetails[]; readonly isLast: boolean }> {
    if (wanted <= 0) return { older: [], isLast: false };
    const limit = Math.min(MAX_LISTED, wanted);
    const before = place === undefined ? undefined : toTimestamp(instantOf(place));
    const listed = await this.#client.listVideos({ limit, before }, signal);
    const older = listed.filter((video) => place === undefined || instantOf(video) < instantOf(place));
    const oldest = older.at(-1);
    if (listed.length < limit) return { older, isLast: true };
    if (oldest === undefined) {
      throw new BackendError('BACKEND_BAD_RESPONSE', 'Cloudflare’s list does not go on.', { backendName: BACKEND });
    }
    const [lastOfPage, next] = [older[wanted - 2], older[wanted - 1]];
    const endsBetween = next !== undefined && (lastOfPage === undefined || instantOf(lastOfPage) !== instantOf(next));
    if (endsBetween) return { older, isLast: false };
    const complete = older.filter((video) => instantOf(video) !== instantOf(oldest));
    return { older: [...complete, ...(await this.#sameInstant(oldest, { signal }))], isLast: false };
  }

  /** All videos of a millisecond. A second would have to hold 1 000 mints for one answer not to hold them. */
  async #sameInstant(place: Place, { signal }: Pick<ListRequest, 'signal'>): Promise<readonly VideoDetails[]> {
    const instant = instantOf(place);
    // A millisecond wider than needed, since it is not sure whether the ends count.
    const window = { after: toTimestamp(instant - 1), before: toTimestamp(instant + 2), limit: MAX_LISTED };
    const listed = await this.#client.listVideos(window, signal);
    return listed.filter((video) => instantOf(video) === instant).sort(byAge);
  }
}

function instantOf({ created }: Place): number {
  return Date.parse(created);
}

function byAge(one: Required<Place>, other: Required<Place>): number {
  if (one.created !== other.created) return one.created > other.created ? -1 : 1;
  return (one.uid ?? '') < (other.uid ?? '') ? -1 : 1;
}

function isAfter({ created, uid }: Place): (video: VideoDetails) => boolean {
  return (video) => video.uid !== uid && byAge({ created, uid }, video) < 0;
}

function encodePlace({ created, uid }: Place): string {
  return btoa(JSON.stringify({ created, uid })).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

function decodePlace(cursor: string): Place {
  try {
    return placeSchema.parse(JSON.parse(atob(cursor.replaceAll('-', '+').replaceAll('_', '/'))));
  } catch (cause) {
    const problem = { path: 'cursor', code: 'OPTION_INVALID', message: 'The cursor is not one of ours.' } as const;
    throw new ValidationError([problem], { cause });
  }
}
