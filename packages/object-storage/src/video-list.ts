import {
  BackendError,
  isRandomId,
  type ListRequest,
  refuseCursor,
  type StoredVideo,
  type StoredVideoPage,
} from '@videostorage/core';
import { mapBounded } from './map-bounded.ts';
import { RECORDS_PREFIX, recordKey, uploadIdOfKey } from './store-keys.ts';
import type { StoreSteps } from './store-steps.ts';
import { UploadDocuments } from './upload-documents.ts';
import type { ReadyRecord } from './video-record.ts';

const AT_ONCE = 16;
/** After so many pages of records that are not ready, or so many records, the page ends with what it has, and a cursor. */
const MAX_PAGES = 20;
/** Read in a few seconds. Twenty pages of the largest size would take longer than a call may. */
const MAX_READS = 1000;

/** The video that a record describes. */
export function toStoredVideo(record: ReadyRecord): StoredVideo {
  const { version, state, decidedAt, ...facts } = record;
  return { ...facts, status: 'ready', playable: true };
}

/** One page of confirmed videos, in the order of their records' keys. The cursor is the last upload id that was read. */
export async function listVideos(
  steps: StoreSteps,
  { limit, cursor }: Pick<ListRequest, 'limit' | 'cursor'>,
): Promise<StoredVideoPage> {
  if (cursor !== undefined && !isRandomId(cursor)) refuseCursor();
  const documents = new UploadDocuments(steps);
  const videos: StoredVideo[] = [];
  let last = cursor;
  let after = cursor && recordKey(cursor);
  let reads = 0;
  for (let page = 0; page < MAX_PAGES; page++) {
    const { keys, more } = await steps.listDocuments(RECORDS_PREFIX, { after, limit: limit - videos.length });
    const uploadIds = keys.flatMap(({ key }) => uploadIdOfKey(key) ?? []);
    const records = await mapBounded(uploadIds, AT_ONCE, (uploadId) => documents.readRecord(uploadId));
    reads += records.length;
    videos.push(...records.flatMap((record) => (record?.state === 'ready' ? toStoredVideo(record) : [])));
    last = uploadIds.at(-1) ?? last;
    // There may be keys between them that are not records.
    after = keys.at(-1)?.key;
    if (!more || after === undefined) return { videos };
    if (videos.length >= limit || reads >= MAX_READS) break;
  }
  if (last === cursor)
    throw new BackendError('BACKEND_BAD_RESPONSE', 'There are too many foreign objects below `records/`; remove them.');
  return { videos, ...(last !== undefined && { cursor: last }) };
}
