import type { ListOptions, VideoStorage } from '../contract/storage.ts';
import type { VideoMetadata } from '../contract/video-metadata.ts';
import { BackendError } from '../errors/backend-errors.ts';
import { listOptionSchemas } from '../options/call-option-schemas.ts';
import { optional, optionOf } from '../options/option-of.ts';
import type { OptionSchemas } from '../options/option-schema.ts';
import { callOptionsOf } from './call-options-of.ts';
import { checkCallOptions } from './option-problems.ts';

const DEFAULT_MAX_PAGES = 10_000;

/** Options of `eachVideo`. */
export interface EachVideoOptions extends ListOptions {
  /** How many pages are read at most, from 1; `Infinity` means no limit. Default 10 000. */
  readonly maxPages?: number | undefined;
}

const OPTIONS = {
  maxPages: optional(optionOf(isPageCount, 'must be a whole number from 1, or Infinity')),
  ...listOptionSchemas,
} satisfies OptionSchemas<EachVideoOptions>;

/**
 * Iterates over all videos of a storage, page by page, each video once. It throws when it cannot reach the last video.
 * @throws {BackendError} the listing repeats itself, or has more than `maxPages` pages
 * @throws {ValidationError} an option is unknown or invalid
 */
export async function* eachVideo(storage: VideoStorage, options: EachVideoOptions = {}): AsyncGenerator<VideoMetadata> {
  const { maxPages = DEFAULT_MAX_PAGES } = checkCallOptions(options, OPTIONS);
  const { limit } = options;
  let { cursor } = options;
  const cursors = new Set<string>();
  const videoIds = new Set<string>();
  for (let page = 0; page < maxPages; page++) {
    const { videos, cursor: next } = await storage.listVideos({ ...callOptionsOf(options), limit, cursor });
    for (const video of videos) {
      if (videoIds.has(video.videoId)) continue;
      videoIds.add(video.videoId);
      yield video;
    }
    if (next === undefined) return;
    if (next === cursor || cursors.has(next)) throw unfinished(storage, 'The listing repeats itself.');
    cursors.add(next);
    cursor = next;
  }
  throw unfinished(storage, `The listing has more than ${maxPages} pages.`);
}

function isPageCount(value: unknown): value is number {
  return value === Number.POSITIVE_INFINITY || (Number.isSafeInteger(value) && Number(value) >= 1);
}

function unfinished(storage: VideoStorage, message: string): BackendError {
  return new BackendError('BACKEND_BAD_RESPONSE', message, {
    backendName: storage.backendName,
    operation: 'listVideos',
  });
}
