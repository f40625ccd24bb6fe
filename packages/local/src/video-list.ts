import { ValidationError, type VideoPage } from '@videostorage/core';
import { z } from 'zod';
import type { FileFunctions } from './file-functions.ts';
import { type FolderLayout, isUploadId } from './folder-layout.ts';
import { readJsonFile } from './json-file.ts';
import { timestampSchema } from './upload-record.ts';
import { toVideoMetadata, type VideoRecord, videoRecordSchema } from './video-record.ts';

/** Places that are remembered between pages, so that only the videos of the page are read; beyond, records are read again. */
const MAX_REMEMBERED = 100_000;

/** A video's place in the order: newest first, then by id. */
interface Place {
  readonly createdAt: string;
  readonly uploadId: string;
}

const cursorSchema: z.ZodType<Place> = z.strictObject({
  createdAt: timestampSchema,
  uploadId: z.string().regex(/^[0-9a-f]{32}$/),
});

/** Lists confirmed videos: one walk through their folder a page, with room for one page. */
export class VideoList {
  readonly #files: FileFunctions;
  readonly #layout: FolderLayout;
  readonly #remembered = new Map<string, string>();

  /** Of the layout's folder of videos, which must exist. */
  constructor(files: FileFunctions, layout: FolderLayout) {
    this.#files = files;
    this.#layout = layout;
  }

  /** Newest first. @throws {ValidationError} a cursor that is none of ours */
  async page(options: {
    readonly limit: number;
    readonly cursor?: string | undefined;
    readonly signal?: AbortSignal | undefined;
  }): Promise<VideoPage> {
    const after = options.cursor === undefined ? undefined : parseCursor(options.cursor);
    const places = await this.#newestAfter(after, options.limit + 1, options.signal);
    const shown = places.slice(0, options.limit);
    const records = await Promise.all(shown.map((place) => this.#read(place.uploadId)));
    const videos = records.flatMap((record) => (record === undefined ? [] : [toVideoMetadata(record)]));
    const last = shown.at(-1);
    const isLastPage = places.length <= options.limit || last === undefined;
    return isLastPage ? { videos } : { videos, cursor: writeCursor(last) };
  }

  /** Forgets the place of a video that is gone. */
  forget(uploadId: string): void {
    this.#remembered.delete(uploadId);
  }

  async #newestAfter(after: Place | undefined, count: number, signal?: AbortSignal): Promise<readonly Place[]> {
    const newest: Place[] = [];
    for await (const entry of await this.#files.opendir(this.#layout.videos)) {
      signal?.throwIfAborted();
      const { name: uploadId } = entry;
      if (!isUploadId(uploadId) || !entry.isDirectory()) continue;
      const createdAt = await this.#createdAt(uploadId);
      if (createdAt === undefined) continue;
      const place = { createdAt, uploadId };
      if (after === undefined || compare(place, after) > 0) insert(newest, place, count);
    }
    return newest;
  }

  async #createdAt(uploadId: string): Promise<string | undefined> {
    const remembered = this.#remembered.get(uploadId);
    if (remembered !== undefined) return remembered;
    const record = await this.#read(uploadId);
    if (record === undefined) return undefined;
    if (this.#remembered.size < MAX_REMEMBERED) this.#remembered.set(uploadId, record.createdAt);
    return record.createdAt;
  }

  /** Undefined when the video was deleted meanwhile. */
  #read(uploadId: string): Promise<VideoRecord | undefined> {
    return readJsonFile(this.#files, this.#layout.videoOfUpload(uploadId).record, videoRecordSchema);
  }
}

/** Negative when `one` stands before `other`. */
function compare(one: Place, other: Place): number {
  if (one.createdAt !== other.createdAt) return one.createdAt > other.createdAt ? -1 : 1;
  if (one.uploadId === other.uploadId) return 0;
  return one.uploadId < other.uploadId ? -1 : 1;
}

/** Puts the place into the sorted list, which keeps the first `count`. */
function insert(sorted: Place[], place: Place, count: number): void {
  const last = sorted.at(-1);
  if (sorted.length >= count && last !== undefined && compare(place, last) > 0) return;
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const at = sorted[middle];
    if (at !== undefined && compare(at, place) < 0) low = middle + 1;
    else high = middle;
  }
  sorted.splice(low, 0, place);
  if (sorted.length > count) sorted.pop();
}

function writeCursor(place: Place): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url');
}

function parseCursor(cursor: string): Place {
  const parsed = cursorSchema.safeParse(jsonOf(Buffer.from(cursor, 'base64url').toString('utf8')));
  if (parsed.success) return parsed.data;
  throw new ValidationError([{ path: 'cursor', code: 'OPTION_INVALID', message: 'The cursor is not one of ours.' }]);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
