import type { ListOptions, VideoStorage } from '../contract/storage.ts';
import type { VideoMetadata } from '../contract/video-metadata.ts';
import { BackendError } from '../errors/backend-errors.ts';

const DEFAULT_MAX_PAGES = 10_000;

/** Options of `eachVideo`. */
export interface EachVideoOptions extends ListOptions {
  /** Bound of the walk. Default 10 000. */
  readonly maxPages?: number | undefined;
}

/**
 * All videos, page by page, each once, bounded by `maxPages`.
 * @throws {BackendError} when the listing repeats itself, or has more pages than that: an end that was not reached is never silent
 */
export async function* eachVideo(storage: VideoStorage, options: EachVideoOptions = {}): AsyncGenerator<VideoMetadata> {
  const { maxPages = DEFAULT_MAX_PAGES, ...listOptions } = options;
  const cursors = new Set<string>();
  const videoIds = new Set<string>();
  let cursor = listOptions.cursor;
  for (let page = 0; page < maxPages; page++) {
    const { videos, cursor: next } = await storage.listVideos({ ...listOptions, cursor });
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

function unfinished(storage: VideoStorage, message: string): BackendError {
  return new BackendError('BACKEND_BAD_RESPONSE', message, {
    backendName: storage.backendName,
    operation: 'listVideos',
  });
}
