import * as aws from '@aws-sdk/client-s3';
import {
  type Clock,
  type ListRequest,
  mimeTypeForExtension,
  type StoredVideo,
  type StoredVideoPage,
  toTimestamp,
  ValidationError,
} from '@videostorage/core';
import { abortable } from './abortable.ts';
import { toBackendError, unreadable } from './aws-error.ts';
import type { ObjectKeys } from './object-key.ts';
import { listedKeys } from './prefix-eraser.ts';

/** The bucket's videos, one listing call a page. S3 lists by key, so the order is that of the ids, not of time. */
export class ObjectList {
  readonly #client: aws.S3Client;
  readonly #bucket: string;
  readonly #keys: ObjectKeys;
  readonly #clock: Clock;

  constructor(client: aws.S3Client, bucket: string, keys: ObjectKeys, clock: Clock) {
    this.#client = client;
    this.#bucket = bucket;
    this.#keys = keys;
    this.#clock = clock;
  }

  /** One page; renditions are passed over, so a page may hold fewer videos than the limit. */
  async list(request: ListRequest): Promise<StoredVideoPage> {
    const startAfter = request.cursor === undefined ? undefined : this.#decodeCursor(request.cursor);
    const command = new aws.ListObjectsV2Command({
      Bucket: this.#bucket,
      Prefix: this.#keys.prefix,
      MaxKeys: request.limit,
      ...(startAfter !== undefined && { StartAfter: startAfter }),
    });
    const answer = await this.#send(command, request.signal);
    const keys = listedKeys(answer, this.#bucket);
    const last = keys.at(-1);
    if (keys.some((key) => startAfter !== undefined && !isAfter(key, startAfter))) return unreadable();
    const videos = (answer.Contents ?? []).flatMap((object) => this.#toVideo(object) ?? []);
    if (answer.IsTruncated !== true) return { videos };
    if (last === undefined) return unreadable();
    return { videos, cursor: Buffer.from(last).toString('base64url') };
  }

  #toVideo(object: aws._Object): StoredVideo | undefined {
    const { Key, Size, LastModified, ETag } = object;
    const videoId = Key === undefined ? undefined : this.#keys.videoIdOf(Key);
    if (videoId === undefined || LastModified === undefined) return undefined;
    const uploadedAt = toTimestamp(LastModified.getTime());
    const mimeType = mimeTypeForExtension(videoId.slice(videoId.indexOf('-') + 1));
    return {
      videoId,
      status: 'ready',
      playable: true,
      createdAt: uploadedAt,
      uploadedAt,
      ...(Size !== undefined && { sizeBytes: Size }),
      ...(ETag !== undefined && { revision: ETag.replaceAll('"', '') }),
      ...(mimeType !== undefined && { mimeType }),
    };
  }

  #decodeCursor(cursor: string): string {
    const key = Buffer.from(cursor, 'base64url').toString('utf8');
    if (key.startsWith(this.#keys.prefix) && key.length <= 1024) return key;
    throw new ValidationError([
      {
        path: 'cursor',
        code: 'OPTION_INVALID',
        message: 'The cursor is not from a page of this list; begin again without one.',
      },
    ]);
  }

  async #send(
    command: aws.ListObjectsV2Command,
    signal: AbortSignal | undefined,
  ): Promise<aws.ListObjectsV2CommandOutput> {
    try {
      return await this.#client.send(command, abortable(signal));
    } catch (error) {
      throw signal?.aborted ? signal.reason : toBackendError('S3', error, this.#clock.now());
    }
  }
}

/** S3 orders keys by their UTF-8 bytes, which is not the order of strings. */
function isAfter(key: string, other: string): boolean {
  return Buffer.compare(Buffer.from(key), Buffer.from(other)) > 0;
}
