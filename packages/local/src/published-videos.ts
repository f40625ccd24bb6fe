import { BackendError } from '@videostorage/core';
import { recordKey } from '@videostorage/object-storage';
import { z } from 'zod';
import type { DocumentFiles } from './document-files.ts';
import { isMissing } from './file-error.ts';
import type { FileFunctions } from './file-functions.ts';
import { requireFolder } from './require-folder.ts';
import type { StoreFolders } from './store-folders.ts';

/** What is served of a record that says ready. */
export interface PublishedVideo {
  /** `<uploadId>-<extension>`. */
  readonly videoId: string;
  /** Whose upload it was. */
  readonly userId: string;
  /** The elected attempt; the ETag. */
  readonly revision: string;
  /** When it was decided. */
  readonly decidedAt: string;
  /** Served as `Content-Type`. */
  readonly mimeType: string;
  /** Of the whole file. */
  readonly sizeBytes: number;
}

/** The rest of a record is checked, and reported, by those who answer with it. */
const recordSchema = z.union([
  z.object({
    state: z.literal('ready'),
    videoId: z.string(),
    userId: z.string(),
    revision: z.string().regex(/^[0-9a-f]{32}$/),
    decidedAt: z.iso.datetime({ precision: 3 }),
    mimeType: z.string(),
    sizeBytes: z.int().positive(),
  }),
  z.object({ state: z.enum(['rejected', 'aborted', 'deleted']) }),
]);

const MAX_REMEMBERED = 1000;

/**
 * Which videos may be served. A record is replaced by a rename, so what was read of it holds while the same file with the
 * same times stands there: one look at the folder instead of opening, reading and parsing for every range.
 */
export class PublishedVideos {
  readonly #files: FileFunctions;
  readonly #folders: StoreFolders;
  readonly #documents: DocumentFiles;
  readonly #remembered = new Map<string, { readonly stamp: string; readonly video: PublishedVideo | undefined }>();

  constructor(files: FileFunctions, folders: StoreFolders, documents: DocumentFiles) {
    this.#files = files;
    this.#folders = folders;
    this.#documents = documents;
  }

  /** The video of an upload; undefined when there is none that is ready. @throws {BackendError} unreadable */
  async find(uploadId: string): Promise<PublishedVideo | undefined> {
    const key = recordKey(uploadId);
    const stamp = await this.#stamp(this.#folders.path(key));
    if (stamp === undefined) return undefined;
    const known = this.#remembered.get(uploadId);
    if (known?.stamp === stamp) return known.video;
    const text = await this.#documents.read(key);
    const video = text === undefined ? undefined : parse(text);
    this.#remembered.delete(uploadId);
    this.#remembered.set(uploadId, { stamp, video });
    const [oldest] = this.#remembered.keys();
    if (this.#remembered.size > MAX_REMEMBERED && oldest !== undefined) this.#remembered.delete(oldest);
    return video;
  }

  async #stamp(path: string): Promise<string | undefined> {
    try {
      const found = await this.#files.lstat(path);
      // A folder in its place is replaced inside (file systems without links): no stamp of its own then.
      return found.isFile() ? `${found.ino} ${found.ctimeMs} ${found.size}` : `${Math.random()}`;
    } catch (error) {
      if (!isMissing(error)) throw error;
      await requireFolder(this.#files, this.#folders.records);
      return undefined;
    }
  }
}

function parse(text: string): PublishedVideo | undefined {
  try {
    const record = recordSchema.parse(JSON.parse(text));
    return record.state === 'ready' ? record : undefined;
  } catch (cause) {
    throw new BackendError('BACKEND_BAD_RESPONSE', 'A record in the storage folder cannot be read.', { cause });
  }
}
