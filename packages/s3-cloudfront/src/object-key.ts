import { ConfigurationError, parseObjectVideoId, VideoNotFoundError } from '@videostorage/core';
import { videoKey, videoPrefix } from '@videostorage/object-storage';

/** Folder names, each followed by a slash, of characters that no signer encodes; or nothing. */
const PREFIX = /^(?:[A-Za-z0-9][A-Za-z0-9_.-]{0,63}\/){0,8}$/;
/** Below a video's prefix: `hls/master.m3u8`, `hls/poster.jpg`. */
const OBJECT_NAME = /^hls\/[A-Za-z0-9][A-Za-z0-9_-]{0,63}(?:[./][A-Za-z0-9][A-Za-z0-9_-]{0,63}){0,8}$/;

/** Where one video is in the bucket, as its id alone determines it. */
export interface ObjectLocation {
  /** The original: `<keyPrefix>videos/<uploadId>/source.<ext>`. */
  readonly key: string;
  /** The prefix of the original and its renditions: `<keyPrefix>videos/<uploadId>/`. */
  readonly prefix: string;
  /** The path of that prefix at the distribution: without the origin path, with a slash at both ends. */
  readonly viewerPath: string;
  /** Canonical MIME type of the original. */
  readonly mimeType: string;
}

/** Translates between the template's keys and the bucket's, which begin with `keyPrefix`. No user's text is part of a key. */
export class ObjectKeys {
  readonly #prefix: string;
  readonly #originPath: string;

  /** `originPath`: what the distribution puts in front of the path that viewers request. @throws {ConfigurationError} a prefix other than plain folder names, each followed by a slash */
  constructor(prefix: string, originPath = '') {
    if (!PREFIX.test(prefix)) {
      throw new ConfigurationError(
        'Set `keyPrefix` to folder names of letters, digits, `_`, `.` and `-`, each followed by a slash, for instance `school/`, or omit it.',
      );
    }
    this.#prefix = prefix;
    this.#originPath = originPath;
  }

  /** The bucket's key for a key of the template. */
  toBucket(key: string): string {
    return `${this.#prefix}${key}`;
  }

  /** The template's key for a key of the bucket, which must begin with the prefix. */
  fromBucket(key: string): string {
    return key.slice(this.#prefix.length);
  }

  /** Where a video is. @throws {VideoNotFoundError} an id that was never issued here */
  locate(videoId: string): ObjectLocation {
    const parsed = parseObjectVideoId(videoId);
    if (parsed === undefined) throw new VideoNotFoundError();
    const { mimeType } = parsed;
    const prefix = this.toBucket(videoPrefix(videoId));
    const viewerPath = `/${prefix}`.slice(this.#originPath.length);
    return { prefix, viewerPath, key: this.toBucket(videoKey(videoId)), mimeType };
  }
}

/** A name below a video's prefix that an HLS grant opens, for instance `hls/master.m3u8`. @throws {ConfigurationError} */
export function checkedObjectName(option: string, name: string): string {
  if (OBJECT_NAME.test(name)) return name;
  throw new ConfigurationError(
    `Set \`${option}\` to a plain object name below \`hls/\`, which is all that an HLS grant opens, such as \`hls/master.m3u8\`.`,
  );
}
