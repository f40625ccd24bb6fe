import { ConfigurationError, parseObjectVideoId, VideoNotFoundError } from '@videostorage/core';

/** Slash-ended folders of characters that every signer encodes alike. */
const PREFIX = /^(?:[A-Za-z0-9][A-Za-z0-9_.-]{0,63}\/){1,8}$/;
/** Below a video's prefix: `hls/master.m3u8`, `poster.jpg`. */
const OBJECT_NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}(?:[./][A-Za-z0-9][A-Za-z0-9_-]{0,63}){0,8}$/;

/** Where one video lives in the bucket. Follows from its id alone. */
export interface ObjectLocation {
  /** The original: `<prefix><uploadId>/source.<ext>`. */
  readonly key: string;
  /** Everything of this video, the original and its renditions: `<prefix><uploadId>/`. */
  readonly prefix: string;
  /** Canonical MIME type of the original. */
  readonly mimeType: string;
}

/** Names the objects of a bucket: no text of a user is ever part of a key. */
export class ObjectKeys {
  readonly #prefix: string;

  /** @throws {ConfigurationError} a prefix that is not made of slash-ended plain folder names */
  constructor(prefix: string) {
    if (!PREFIX.test(prefix)) {
      throw new ConfigurationError(
        'Set `keyPrefix` to folder names of letters, digits, `_`, `.` and `-`, each ended by a slash, for instance `videos/`.',
      );
    }
    this.#prefix = prefix;
  }

  /** What all keys begin with. */
  get prefix(): string {
    return this.#prefix;
  }

  /** Where a video lives. @throws {VideoNotFoundError} an id that was never issued here */
  locate(videoId: string): ObjectLocation {
    const parsed = parseObjectVideoId(videoId);
    if (parsed === undefined) throw new VideoNotFoundError();
    const prefix = `${this.#prefix}${parsed.uploadId}/`;
    return { prefix, key: this.generateObjectKey(videoId), mimeType: parsed.mimeType };
  }

  /** The key of a video's original. @throws {VideoNotFoundError} an id that was never issued here */
  generateObjectKey(videoId: string): string {
    const parsed = parseObjectVideoId(videoId);
    if (parsed === undefined) throw new VideoNotFoundError();
    return `${this.#prefix}${parsed.uploadId}/source.${parsed.extension}`;
  }

  /** The id of the video whose original has this key; undefined for renditions and foreign objects. */
  videoIdOf(key: string): string | undefined {
    if (!key.startsWith(this.#prefix)) return undefined;
    const match = /^([0-9a-f]{32})\/source\.([a-z0-9]{1,8})$/.exec(key.slice(this.#prefix.length));
    if (match === null) return undefined;
    const videoId = `${match[1]}-${match[2]}`;
    return parseObjectVideoId(videoId) === undefined ? undefined : videoId;
  }
}

/** A name below a video's prefix, for instance `hls/master.m3u8`. @throws {ConfigurationError} */
export function checkedObjectName(option: string, name: string): string {
  if (OBJECT_NAME.test(name)) return name;
  throw new ConfigurationError(`Set \`${option}\` to a plain object name such as \`hls/master.m3u8\`.`);
}
