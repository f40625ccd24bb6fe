import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { FileStore } from '@tus/file-store';
import { Upload } from '@tus/server';
import { toBackendError } from './file-error.ts';
import type { FileFunctions } from './file-functions.ts';
import type { FolderLayout } from './folder-layout.ts';
import { readJsonFile, writeJsonFile } from './json-file.ts';
import { requireFolder } from './require-folder.ts';
import { type UploadRecord, uploadRecordSchema } from './upload-record.ts';

/**
 * The file store of tus-node-server over handed-in file functions. What was promised stands in our own record, which is
 * written whole or not at all; the offset is the size of the file, so it is right after any crash.
 */
export class UploadFileStore extends FileStore {
  readonly #files: FileFunctions;
  readonly #layout: FolderLayout;

  static {
    // FileStore makes its folder in a callback whose error ends the process. Ours is there before; and the method is private
    // to the compiler only.
    Object.defineProperty(UploadFileStore.prototype, 'checkOrCreateDirectory', { value: () => undefined });
  }

  /** Below the layout's folder for uploads, which must exist. */
  constructor(files: FileFunctions, layout: FolderLayout) {
    const noWriting = async () => {
      throw new TypeError('Uploads are written by createUpload alone.');
    };
    super({
      directory: layout.uploads,
      configstore: { get: async (id) => toUpload(await this.findRecord(id)), set: noWriting, delete: noWriting },
    });
    // Uploads are created by tickets, never by a browser.
    this.extensions = ['termination', 'expiration'];
    this.#files = files;
    this.#layout = layout;
  }

  /** What was promised; undefined when there is no such upload. */
  async findRecord(uploadId: string): Promise<UploadRecord | undefined> {
    const record = await readJsonFile(this.#files, this.#layout.uploadRecord(uploadId), uploadRecordSchema);
    if (record === undefined) await requireFolder(this.#files, this.#layout.uploads);
    return record;
  }

  /** Notes the promise, and makes room for the bytes; those that came already stay. */
  async createUpload(record: UploadRecord): Promise<void> {
    await writeJsonFile(this.#files, this.#layout.uploadRecord(record.uploadId), record);
    const handle = await this.#files.open(this.#layout.upload(record.uploadId), 'a');
    await handle.close();
  }

  /** Forgets the upload and its bytes; missing is success. The record goes last, so that no bytes stay without one. */
  async removeUpload(uploadId: string): Promise<void> {
    await this.#files.rm(this.#layout.upload(uploadId), { force: true });
    await this.#files.rm(this.#layout.uploadRecord(uploadId), { force: true });
  }

  /** Writes what comes in from the offset on; says the new offset. @throws {BackendError} */
  override async write(readable: Readable, uploadId: string, offset: number): Promise<number> {
    const path = this.#layout.upload(uploadId);
    const writable = this.#files.createWriteStream(path, { flags: 'r+', start: offset });
    try {
      await pipeline(readable, writable);
    } catch (error) {
      throw toBackendError(error);
    }
    return offset + writable.bytesWritten;
  }
}

function toUpload(record: UploadRecord | undefined): Upload | undefined {
  if (record === undefined) return undefined;
  return new Upload({ id: record.uploadId, size: record.sizeBytes, offset: 0, creation_date: record.createdAt });
}
