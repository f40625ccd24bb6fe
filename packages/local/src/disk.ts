import type { Clock } from '@videostorage/core';
import { isExisting, isLinkRefused, isMissing } from './file-error.ts';
import { type FileFunctions, READ_NO_FOLLOW, WRITE_NO_FOLLOW } from './file-functions.ts';
import { FILE_MODE } from './store-folders.ts';

/** Size and time of a plain file. */
export interface FileFacts {
  /** Bytes. */
  readonly sizeBytes: number;
  /** Time of the last write, in milliseconds since the epoch. */
  readonly modifiedAtMs: number;
}

type Handle = Awaited<ReturnType<FileFunctions['open']>>;

/** Small sequences of file functions that are durable when they have resolved. */
export class Disk {
  readonly #files: FileFunctions;
  readonly #clock: Pick<Clock, 'now'>;

  constructor(files: FileFunctions, clock: Pick<Clock, 'now'>) {
    this.#files = files;
    this.#clock = clock;
  }

  /** Size and time of a plain file; undefined when there is none. */
  async facts(path: string): Promise<FileFacts | undefined> {
    try {
      const found = await this.#files.lstat(path);
      return found.isFile() ? { sizeBytes: found.size, modifiedAtMs: found.mtimeMs } : undefined;
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  /** Writes a new file, and syncs it to the disk before this resolves. After a failure the file does not exist. */
  async write(path: string, text: string): Promise<void> {
    const handle = await this.#files.open(path, 'wx', FILE_MODE);
    await this.#fill(path, handle, () => handle.writeFile(text));
  }

  /** Like `write`, but into the space of an existing file. A text longer than that file needs more space. */
  async overwrite(path: string, text: string): Promise<void> {
    const bytes = Buffer.from(text);
    const handle = await this.#files.open(path, WRITE_NO_FOLLOW).catch(async (error: unknown) => {
      await this.remove(path);
      throw error;
    });
    await this.#fill(path, handle, async () => {
      // A write may end early.
      for (let at = 0; at < bytes.length; ) at += (await handle.write(bytes, at, bytes.length - at, at)).bytesWritten;
      await handle.truncate(bytes.length);
    });
  }

  /** Creates an empty file, or updates the time of an existing one, whose bytes stay. */
  async touch(path: string): Promise<void> {
    const handle = await this.#files.open(path, 'a', FILE_MODE);
    try {
      await this.#stamp(handle);
    } finally {
      await handle.close();
    }
  }

  /** Syncs the bytes of a file to the disk. */
  async sync(path: string): Promise<void> {
    // Some systems refuse to sync what was opened for reading.
    const handle = await this.#files.open(path, 'r+');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  }

  /** Syncs the names in a folder to the disk: without this a new name may be lost when the power fails. */
  async syncFolder(path: string): Promise<void> {
    // Windows cannot open folders; NTFS keeps a journal of names.
    if (process.platform === 'win32') return;
    const handle = await this.#files.open(path, READ_NO_FOLLOW);
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  }

  /** Gives a file a second name, or a copy where links are refused; false when the second name exists. */
  async linkOrCopy(from: string, to: string, draft: string): Promise<boolean> {
    try {
      await this.#files.link(from, to);
      return true;
    } catch (error) {
      if (isExisting(error)) return false;
      if (!isLinkRefused(error)) throw error;
    }
    try {
      await this.#files.copyFile(from, draft);
      await this.sync(draft);
      await this.#files.rename(draft, to);
      return true;
    } catch (error) {
      await this.remove(draft);
      throw error;
    }
  }

  /** Removes a file or folder; missing is success. */
  remove(path: string): Promise<void> {
    return this.#files.rm(path, { recursive: true, force: true });
  }

  async #fill(path: string, handle: Handle, work: () => Promise<void>): Promise<void> {
    try {
      try {
        await work();
        await this.#stamp(handle);
        await handle.sync();
      } finally {
        await handle.close();
      }
    } catch (error) {
      await this.remove(path);
      throw error;
    }
  }

  /** Sets the file's times by the storage's clock, which decides what is old. */
  #stamp(handle: Handle): Promise<void> {
    const now = new Date(this.#clock.now());
    return handle.utimes(now, now);
  }
}
