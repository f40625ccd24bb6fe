import { BackendError } from '@videostorage/core';
import type { RangeReader } from '@videostorage/media';
import { withFileErrors } from './file-error.ts';
import { type FileFunctions, READ_NO_FOLLOW } from './file-functions.ts';

/** Ranges of a file, each by an open of its own: a reader that nobody closes holds nothing. */
export class FileReader implements RangeReader {
  /** Size when it was found; a source never changes. */
  readonly sizeBytes: number;
  readonly #files: FileFunctions;
  readonly #path: string;

  constructor(files: FileFunctions, path: string, sizeBytes: number) {
    this.#files = files;
    this.#path = path;
    this.sizeBytes = sizeBytes;
  }

  /** @inheritDoc */
  read(start: number, end: number, signal: AbortSignal): Promise<Uint8Array> {
    return withFileErrors(async () => {
      signal.throwIfAborted();
      const handle = await this.#files.open(this.#path, READ_NO_FOLLOW);
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
}
