import { dirname, join } from 'node:path';
import { BackendError } from '@videostorage/core';
import type { KeyPage, KeyPageRequest, StoredKey } from '@videostorage/object-storage';
import type { Disk } from './disk.ts';
import { isExisting, isFull, isLinkRefused, isMissing, isOtherKind } from './file-error.ts';
import { type FileFunctions, READ_NO_FOLLOW } from './file-functions.ts';
import { requireFolder } from './require-folder.ts';
import { SpareRoom } from './spare-room.ts';
import { FOLDER_MODE, type StoreFolders } from './store-folders.ts';

/** The storage's own documents have some hundred bytes; it did not write a larger one. */
const MAX_BYTES = 64 * 1024;
/** Names of records, claims and completed deletions; the storage did not write any other file there. */
const DOCUMENT = /^[0-9a-f]{32}(?:\.json|\.[0-9a-f]{32})?$/;
/** Where links are refused, a document is a folder that holds this file. */
const INNER = 'document';

/**
 * Small JSON documents as files. Create-if-absent is a hard link to a draft: it appears complete, and only one of several
 * callers succeeds. Where links are refused it is the rename of a folder, which fails on one that is not empty.
 */
export class DocumentFiles {
  readonly #files: FileFunctions;
  readonly #disk: Disk;
  readonly #folders: StoreFolders;
  readonly #spare: SpareRoom;

  constructor(files: FileFunctions, disk: Disk, folders: StoreFolders) {
    this.#files = files;
    this.#disk = disk;
    this.#folders = folders;
    this.#spare = new SpareRoom(files, disk, folders);
  }

  /** Reserves space for one `write` on a full disk. `key` is any key of the upload that asks for this. */
  keepRoom(key: string): Promise<void> {
    return this.#spare.take(this.#folders.draft(key));
  }

  /**
   * Creates the document when there is none. Of any number of simultaneous calls, from any process, exactly one resolves to
   * true.
   */
  async create(key: string, text: string): Promise<boolean> {
    const path = this.#folders.path(key);
    const draft = this.#folders.draft(key);
    await this.#disk.write(draft, text);
    try {
      const isCreated = await this.#link(draft, path, key, text);
      await this.#disk.syncFolder(dirname(path));
      return isCreated;
    } finally {
      await this.#disk.remove(draft);
    }
  }

  /** The text; undefined when there is no such document. */
  async read(key: string): Promise<string | undefined> {
    const path = this.#folders.path(key);
    try {
      return await this.#readFile(path);
    } catch (error) {
      if (isMissing(error)) return this.#absent(path);
      if (!isOtherKind(error)) throw error;
    }
    try {
      return await this.#readFile(join(path, INNER));
    } catch (error) {
      if (isMissing(error)) return this.#absent(path);
      throw error;
    }
  }

  /** Writes a document whether it exists or not: readers see the old text or the new one. */
  async write(key: string, text: string): Promise<void> {
    const path = this.#folders.path(key);
    const draft = this.#folders.draft(key);
    try {
      await this.#disk.write(draft, text);
    } catch (error) {
      if (!isFull(error) || !(await this.#spare.give(draft, text))) throw error;
    }
    try {
      await this.#files.rename(draft, path);
      await this.#disk.syncFolder(dirname(path));
    } catch (error) {
      if (!isOtherKind(error) && !isExisting(error)) {
        await this.#disk.remove(draft);
        throw error;
      }
      await this.#files.rename(draft, join(path, INNER));
      await this.#disk.syncFolder(path);
    }
  }

  /** Missing is success. */
  async remove(key: string): Promise<void> {
    const path = this.#folders.path(key);
    await this.#disk.remove(path);
    await this.#disk.syncFolder(dirname(path));
  }

  /** One page of the documents below a prefix such as `records/`. */
  async list(prefix: string, { after = '', limit }: KeyPageRequest): Promise<KeyPage> {
    const names = await this.#files.readdir(this.#folders.path(prefix));
    const keys = names.filter((name) => DOCUMENT.test(name)).map((name) => `${prefix}${name}`);
    const behind = keys.filter((key) => key > after).sort();
    const found = await Promise.all(behind.slice(0, limit).map((key) => this.#stored(key)));
    const present = found.filter((entry) => entry !== undefined);
    if (present.length > 0 || behind.length <= limit) return { keys: present, more: behind.length > limit };
    // All documents of this page were removed while it was read.
    return this.list(prefix, { after: behind[limit - 1], limit });
  }

  async #stored(key: string): Promise<StoredKey | undefined> {
    try {
      const { mtimeMs } = await this.#files.lstat(this.#folders.path(key));
      return { key, modifiedAtMs: mtimeMs };
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  async #link(draft: string, path: string, key: string, text: string): Promise<boolean> {
    try {
      await this.#files.link(draft, path);
      return true;
    } catch (error) {
      if (isExisting(error)) return false;
      if (!isLinkRefused(error)) throw error;
    }
    const folder = this.#folders.draft(key);
    await this.#files.mkdir(folder, { mode: FOLDER_MODE });
    try {
      await this.#disk.write(join(folder, INNER), text);
      await this.#disk.syncFolder(folder);
      await this.#files.rename(folder, path);
      return true;
    } catch (error) {
      if (isExisting(error) || isOtherKind(error)) return false;
      throw error;
    } finally {
      await this.#disk.remove(folder);
    }
  }

  async #readFile(path: string): Promise<string> {
    const { size } = await this.#files.lstat(path);
    if (size > MAX_BYTES)
      throw new BackendError(
        'BACKEND_BAD_RESPONSE',
        'A document in the storage folder is larger than any that the storage writes; restore it from a backup.',
      );
    return this.#files.readFile(path, { encoding: 'utf8', flag: READ_NO_FOLLOW });
  }

  async #absent(path: string): Promise<undefined> {
    await requireFolder(this.#files, dirname(path));
    return undefined;
  }
}
