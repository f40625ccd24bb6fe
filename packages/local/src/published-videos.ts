import { parseVideoRecord, type ReadyRecord, recordKey } from '@videostorage/object-storage';
import type { DocumentFiles } from './document-files.ts';
import { isMissing } from './file-error.ts';
import type { FileFunctions } from './file-functions.ts';
import { requireFolder } from './require-folder.ts';
import type { StoreFolders } from './store-folders.ts';

const MAX_REMEMBERED = 1000;

/**
 * Which videos may be served. A record is replaced by a rename, so what was read from it is valid while the same file with the
 * same times is there: each range then costs one `lstat` instead of opening, reading and parsing the file.
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

  /** The video of an upload; undefined when there is none that is ready. @throws {BackendError} the record cannot be read */
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
      // On a file system without links the record is a folder whose content is replaced, which no stamp shows.
      return found.isFile() ? `${found.ino} ${found.ctimeMs} ${found.size}` : `${Math.random()}`;
    } catch (error) {
      if (!isMissing(error)) throw error;
      await requireFolder(this.#files, this.#folders.records);
      return undefined;
    }
  }
}
