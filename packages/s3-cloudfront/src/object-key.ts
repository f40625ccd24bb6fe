import { ConfigurationError, parseObjectVideoId, VideoNotFoundError } from '@videostorage/core';
import { videoKey, videoPrefix } from '@videostorage/object-storage';

/** Slash-ended folders of characters that every signer encodes alike, or none. */
const PREFIX = /^(?:[A-Za-z0-9][A-Za-z0-9_.-]{0,63}\/){0,8}$/;
/** Below a video's prefix: `hls/master.m3u8`, `hls/poster.jpg`. */
const OBJECT_NAME = /^hls\/[A-Za-z0-9][A-Za-z0-9_-]{0,63}(?:[./][A-Za-z0-9][A-Za-z0-9_-]{0,63}){0,8}$/;

/** Where one video lives in the bucket. Follows from its id alone. */
export interface ObjectLocation {
  /** The original: `<keyPrefix>videos/<uploadId>/source.<ext>`. */
  readonly key: string;
  /** Everything of this video, the original and its renditions: `<keyPrefix>videos/<uploadId>/`. */
  readonly prefix: string;
  /** The same as viewers ask for it at the distribution: without its origin path, with a slash at both ends. */
  readonly viewerPath: string;
  /** Canonical MIME type of the original. */
  readonly mimeType: string;
}

/** Puts the bucket's own prefix in front of the keys of the template: no text of a user is ever part of a key. */
export class ObjectKeys {
  readonly #prefix: string;
  readonly #originPath: string;

  /** `originPath`: what the distribution puts in front of what viewers ask for. @throws {ConfigurationError} a prefix that is not made of slash-ended plain folder names */
  constructor(prefix: string, originPath = '') {
    if (!PREFIX.test(prefix)) {
      throw new ConfigurationError(
        'Set `keyPrefix` to folder names of letters, digits, `_`, `.` and `-`, each ended by a slash, for instance `school/`, or leave it out.',
      );
    }
    this.#prefix = prefix;
    this.#originPath = originPath;
  }

  /** A key of the template as it stands in the bucket. */
  toBucket(key: string): string {
    return `${this.#prefix}${key}`;
  }

  /** A key of the bucket, below the prefix, as the template knows it. */
  fromBucket(key: string): string {
    return key.slice(this.#prefix.length);
  }

  /** Where a video lives. @throws {VideoNotFoundError} an id that was never issued here */
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
