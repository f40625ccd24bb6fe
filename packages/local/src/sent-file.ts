import { createHmac } from 'node:crypto';
import type { Secret } from '@videostorage/core';
import type { NewUpload } from '@videostorage/object-storage';

/** What the name of a sent file says. */
export interface SentFile {
  /** Name below `uploads/`, and the last part of the upload's URL. */
  readonly name: string;
  /** Our id of the upload. */
  readonly uploadId: string;
  /** Size that was declared: no more is taken. */
  readonly sizeBytes: number;
}

const NAME = /^([0-9a-f]{32})\.(\d{1,16})-[0-9a-f]{32}$/;

/**
 * Names the file that a browser sends to: `<uploadId>.<size>-<owner>`. The owner's part is an HMAC over user and video, so
 * that an id that is used again for another user, size or type is another file, and that no user can be read in it.
 */
export function nameSentFile(
  { uploadId, videoId, userId, sizeBytes }: Pick<NewUpload, 'uploadId' | 'videoId' | 'userId' | 'sizeBytes'>,
  [secret]: readonly Secret[],
): string {
  if (secret === undefined) throw new RangeError('There is no secret.');
  const text = JSON.stringify(['videostorage/local-owner/v1', videoId, userId, sizeBytes]);
  const owner = createHmac('sha256', secret.reveal()).update(text).digest('hex').slice(0, 32);
  return `${uploadId}.${sizeBytes}-${owner}`;
}

/** Reads such a name; undefined for all others. */
export function parseSentFile(name: string): SentFile | undefined {
  const [, uploadId, size] = NAME.exec(name) ?? [];
  return uploadId === undefined ? undefined : { name, uploadId, sizeBytes: Number(size) };
}
