import {
  type Leftover,
  type LeftoverPage,
  UPLOADS_PREFIX,
  uploadIdOfKey,
  VIDEOS_PREFIX,
} from '@videostorage/object-storage';
import { unreadable } from './aws-error.ts';
import type { ObjectKeys } from './object-key.ts';
import type { ListMarker } from './s3-answers.ts';
import type { S3Client } from './s3-client.ts';

/** Originals alone: uploads of other programs below a video, such as an encoder's renditions, must not be aborted here. */
const ORIGINAL = /^videos\/([0-9a-f]{32})\/source\.[a-z0-9]{1,8}$/;
/** Separates the key from S3's upload id, which does not contain it. */
const UPLOAD_ID = '?uploadId=';

/** Forms and their copies first, then parts that were never joined. A cursor is `objects <key>` or `parts <key>?uploadId=<id>`. */
export async function listLeftovers(
  s3: S3Client,
  keys: ObjectKeys,
  { cursor = 'objects ', limit }: { readonly cursor?: string | undefined; readonly limit: number },
  signal: AbortSignal,
): Promise<LeftoverPage> {
  // Any other object in the bucket may be the last one of a page, and its key may contain spaces.
  const [kind, after] = cutAt(cursor, cursor.indexOf(' '), ' ');
  if (kind === 'parts') return listParts(s3, keys, after, limit, signal);
  const page = { prefix: keys.toBucket(UPLOADS_PREFIX), limit, ...(after !== '' && { after }) };
  const { objects, more } = await s3.listObjects(page, signal);
  const leftovers = objects.flatMap(({ key, modifiedAtMs, sizeBytes }) => {
    const id = keys.fromBucket(key);
    const uploadId = uploadIdOfKey(id);
    if (uploadId === undefined) return [];
    return [{ id, uploadId, modifiedAtMs, ...(sizeBytes !== undefined && { sizeBytes }) }];
  });
  return { leftovers, cursor: more ? `objects ${objects.at(-1)?.key ?? unreadable()}` : 'parts ' };
}

/** Removes what `listLeftovers` found. */
export async function removeLeftover(
  s3: S3Client,
  keys: ObjectKeys,
  { id }: Leftover,
  signal: AbortSignal,
): Promise<void> {
  const { key, id: s3UploadId } = toMarker(id);
  if (s3UploadId === '') await s3.deleteObject({ key: keys.toBucket(key) }, signal);
  else await s3.abortMultipartUpload(keys.toBucket(key), s3UploadId, signal);
}

async function listParts(
  s3: S3Client,
  keys: ObjectKeys,
  after: string,
  limit: number,
  signal: AbortSignal,
): Promise<LeftoverPage> {
  const page = {
    prefix: keys.toBucket(VIDEOS_PREFIX),
    limit,
    ...(after !== '' && { after: toMarker(after) }),
  };
  const { uploads, next } = await s3.listMultipartUploads(page, signal);
  const leftovers = uploads.flatMap(({ key, s3UploadId, beganAtMs }) => {
    const [, uploadId] = ORIGINAL.exec(keys.fromBucket(key)) ?? [];
    if (uploadId === undefined) return [];
    return [{ id: `${keys.fromBucket(key)}${UPLOAD_ID}${s3UploadId}`, uploadId, modifiedAtMs: beganAtMs }];
  });
  return { leftovers, ...(next !== undefined && { cursor: `parts ${next.key}${UPLOAD_ID}${next.id}` }) };
}

function toMarker(text: string): ListMarker {
  const [key, id] = cutAt(text, text.lastIndexOf(UPLOAD_ID), UPLOAD_ID);
  return { key, id };
}

/** The text before a separator, and all text after it; the whole text when there is no separator. */
function cutAt(text: string, at: number, separator: string): readonly [before: string, behind: string] {
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + separator.length)];
}
