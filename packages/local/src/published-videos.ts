import { parseVideoRecord, type ReadyRecord, recordKey } from '@videostorage/object-storage';
import type { DocumentFiles } from './document-files.ts';
import { isMissing } from './file-error.ts';
import type { FileFunctions } from './file-functions.ts';
import { requireFolder } from './require-folder.ts';
import type { StoreFolders } from './store-folders.ts';

const MAX_REMEMBERED = 1000;

/**
 * Which videos may be served. A record is replaced by a rename, so what was read of it holds while the same file with the
 * same times stands there: one look at the folder instead of opening, reading and parsing for every range.
 */
export class PublishedVideos {
  readonly #files: FileFunctions;
  readonly #folders: StoreFolders;
  readonly #documents: DocumentFiles;
  readonly #remembered = new Map<string, { readonly stamp: string; readonly video: ReadyRecord | undefined }>();

  constructor(files: FileFunctions, folders: StoreFolders, documents: DocumentFiles) {
    this.#files = files;
    this.#folders = folders;
    this.#documents = documents;
  }

  /** The video of an upload; undefined when there is none that is ready. @throws {BackendError} unreadable */
  async find(uploadId: string): Promise<ReadyRecord | undefined> {
    const key = recordKey(uploadId);
    const stamp = await this.#stamp(this.#folders.path(key));
    if (stamp === undefined) return undefined;
    const known = this.#remembered.get(uploadId);
    if (known?.stamp === stamp) return known.video;
    const text = await this.#documents.read(key);
    const record = text === undefined ? undefined : parseVideoRecord(key, text);
    const video = record?.state === 'ready' ? record : undefined;
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
