import { type ListRequest, ValidationError, type VideoMetadata, type VideoPage } from '@videostorage/core';
import { z } from 'zod';
import type { CloudflareClient } from './cloudflare-client.ts';
import type { VideoDetails } from './video-details.ts';
import { toVideoMetadata } from './video-meta.ts';

/** The API's largest answer. */
const MAX_LISTED = 1000;

/** Where a page ended: the time of its last video, and all videos of that time that were given already. */
interface Place {
  readonly created: string;
  readonly seen: readonly string[];
}

const placeSchema: z.ZodType<Place> = z.strictObject({
  created: z.iso.datetime({ offset: true }),
  seen: z.array(z.string().max(64)).max(50),
});

/** Pages over a listing that has no cursor: by windows of time, without loss and without repetition. */
export class StreamList {
  readonly #client: CloudflareClient;

  constructor(client: CloudflareClient) {
    this.#client = client;
  }

  /** Newest first. Uploads whose bytes have not arrived are no videos yet. */
  async page(backendName: string, request: ListRequest): Promise<VideoPage> {
    const place = request.cursor === undefined ? undefined : decodePlace(request.cursor);
    // `before` leaves out its own instant, so the window begins a millisecond later and what was given is left out here.
    const before = place === undefined ? undefined : new Date(Date.parse(place.created) + 1).toISOString();
    const wanted = Math.min(MAX_LISTED, request.limit + (place?.seen.length ?? 0) + 1);
    const listed = await this.#client.listVideos({ limit: wanted, before }, request.signal);
    const fresh = listed.filter(({ uid }) => place?.seen.includes(uid) !== true);
    const shown = fresh.slice(0, request.limit);
    const videos = shown
      .filter(({ state }) => state !== 'pendingupload')
      .map((video) => toVideoMetadata(video, backendName));
    const last = shown.at(-1);
    if (last === undefined || listed.length < wanted) return { videos };
    return { videos: videos satisfies readonly VideoMetadata[], cursor: encodePlace(nextPlace(last, shown, place)) };
  }
}

function nextPlace(last: VideoDetails, shown: readonly VideoDetails[], before: Place | undefined): Place {
  const sameTime = shown.filter(({ created }) => created === last.created).map(({ uid }) => uid);
  const carried = before?.created === last.created ? before.seen : [];
  return { created: last.created, seen: [...carried, ...sameTime] };
}

function encodePlace(place: Place): string {
  return btoa(JSON.stringify(place)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

function decodePlace(cursor: string): Place {
  try {
    return placeSchema.parse(JSON.parse(atob(cursor.replaceAll('-', '+').replaceAll('_', '/'))));
  } catch (cause) {
    const problem = { path: 'cursor', code: 'OPTION_INVALID', message: 'The cursor is not one of ours.' } as const;
    throw new ValidationError([problem], { cause });
  }
}
