import { BackendError } from '@videostorage/core';
import type { RangeReader } from '@videostorage/media';
import { isMissing, withFileErrors } from './file-error.ts';
import { type FileFunctions, READ_NO_FOLLOW } from './file-functions.ts';

/**
 * Ranges of a file, each by an open of its own: a reader needs no close. A source that another confirm has
 * placed and discarded meanwhile is read where it was placed.
 */
export class FileReader implements RangeReader {
  /** Size when it was found; a source never changes. */
  readonly sizeBytes: number;
  readonly #files: FileFunctions;
  readonly #paths: readonly [string, ...string[]];

  constructor(files: FileFunctions, paths: readonly [string, ...string[]], sizeBytes: number) {
    this.#files = files;
    this.#paths = paths;
    this.sizeBytes = sizeBytes;
  }

  /** @inheritDoc */
  read(start: number, end: number, signal: AbortSignal): Promise<Uint8Array> {
    return withFileErrors(async () => {
      signal.throwIfAborted();
      const handle = await this.#open();
      try {
        const bytes = new Uint8Array(end - start);
        for (let filled = 0; filled < bytes.length; ) {
          signal.throwIfAborted();
          const { bytesRead } = await handle.read(bytes, filled, bytes.length - filled, start + filled);
          if (bytesRead === 0) throw new BackendError('BACKEND_BAD_RESPONSE', 'The file has become shorter.');
          filled += bytesRead;
        }
        return bytes;
      } finally {
        await handle.close();
      }
    });
  }

  async #open(): ReturnType<FileFunctions['open']> {
    const [path, ...others] = this.#paths;
    try {
      return await this.#files.open(path, READ_NO_FOLLOW);
    } catch (error) {
      const [placed] = others;
      if (placed === undefined || !isMissing(error)) throw error;
      return this.#files.open(placed, READ_NO_FOLLOW);
    }
  }
}
