import type { Readable } from 'node:stream';
import { FileStore } from '@tus/file-store';
import { type Lock, type Locker, Upload } from '@tus/server';
import type { Clock } from '@videostorage/core';
import { isMissing, toBackendError } from './file-error.ts';
import { type FileFunctions, WRITE_NO_FOLLOW } from './file-functions.ts';
import { requireFolder } from './require-folder.ts';
import { parseSentFile } from './sent-file.ts';
import type { StoreFolders } from './store-folders.ts';
import { type UploadLock, UploadLockedError, type UploadLocks } from './upload-locks.ts';

/** A connection that brings no byte for so long is ended, so that its upload can be resumed elsewhere. */
const STALL_MS = 20_000;
/** Longer than a stalled connection of another process lasts. */
const MAX_WAIT_MS = 25_000;
/** One sender, and one that waits to resume; all others must try again later. */
const MAX_SENDERS = 2;

/**
 * The file store of tus-node-server over injected file functions, and its locker. The name contains the declared size; the
 * offset is the size of the file, so it is correct after any crash. Every write first checks whether the lock is still held.
 */
export class SentFileStore extends FileStore implements Locker {
  readonly #files: FileFunctions;
  readonly #folders: StoreFolders;
  readonly #locks: UploadLocks;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #stallMs: number;
  readonly #held = new Map<string, UploadLock>();

  static {
    // FileStore creates its folder in a callback whose error ends the process. Our folder exists already; and the method is
    // private only to the compiler.
    Object.defineProperty(SentFileStore.prototype, 'checkOrCreateDirectory', { value: () => undefined });
  }

  /** Below the folder for uploads, which must exist. */
  constructor(
    files: FileFunctions,
    folders: StoreFolders,
    locks: UploadLocks,
    clock: Pick<Clock, 'now'>,
    stallMs: number = STALL_MS,
  ) {
    const noWriting = async () => {
      throw new TypeError('Uploads are created by tickets alone.');
    };
    super({
      directory: folders.uploads,
      configstore: { get: async (name) => toUpload(name), set: noWriting, delete: noWriting },
    });
    // Uploads are created by tickets, never by a browser.
    this.extensions = ['termination', 'expiration'];
    this.#files = files;
    this.#folders = folders;
    this.#locks = locks;
    this.#clock = clock;
    this.#stallMs = stallMs;
  }

  /** A lock as `@tus/server` uses it, for senders. */
  newLock(name: string): Lock {
    return {
      lock: async (signal, requestRelease) => {
        const limits = { maxWaitMs: MAX_WAIT_MS, maxHolders: MAX_SENDERS };
        this.#held.set(name, await this.#locks.acquire(name, { signal, requestRelease, ...limits }));
      },
      unlock: async () => {
        const held = this.#held.get(name);
        this.#held.delete(name);
        await held?.release();
      },
    };
  }

  /**
   * Writes the bytes that arrive from the offset on; returns the new offset. @throws {BackendError} @throws
   * {RemovedUploadError} cancelled
   */
  override async write(readable: Readable, name: string, offset: number): Promise<number> {
    const lock = this.#held.get(name);
    try {
      return await this.#write(readable, this.#folders.path(`uploads/${name}`), offset, lock);
    } catch (error) {
      if (!isMissing(error)) throw toBackendError(error);
      await requireFolder(this.#files, this.#folders.uploads);
      throw new RemovedUploadError();
    }
  }

  async #write(readable: Readable, path: string, offset: number, lock: UploadLock | undefined): Promise<number> {
    const handle = await this.#files.open(path, WRITE_NO_FOLLOW);
    const stall = setTimeout(() => readable.destroy(new StalledSenderError()), this.#stallMs);
    let position = offset;
    try {
      // Not destroyed when a write fails: the server would report an aborted request in place of the failure.
      const chunks: AsyncIterable<Uint8Array> = readable.iterator({ destroyOnReturn: false });
      for await (const chunk of chunks) {
        stall.refresh();
        for (let written = 0; written < chunk.length; ) {
          // An open file stays writable for a process that was suspended while another one took over the lock.
          if (lock === undefined || !lock.isHeld()) throw new UploadLockedError();
          const { bytesWritten } = await handle.write(chunk, written, chunk.length - written, position);
          written += bytesWritten;
          position += bytesWritten;
        }
      }
      const now = new Date(this.#clock.now());
      await handle.utimes(now, now);
    } finally {
      clearTimeout(stall);
      await handle.close();
    }
    return position;
  }
}

/** The upload was cancelled or confirmed after its sender had been let in. */
class RemovedUploadError extends Error {
  /** As `@tus/server` reads it. */
  readonly status_code = 404;
}

/** A sender sent nothing for too long. */
class StalledSenderError extends Error {
  /** As `@tus/server` reads it. */
  readonly status_code = 408;
}

function toUpload(name: string): Upload | undefined {
  const sent = parseSentFile(name);
  return sent && new Upload({ id: name, size: sent.sizeBytes, offset: 0 });
}
