import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { S3Error } from './s3-error.ts';
import type { StoredBytes } from './stored-object.ts';

/** Bytes on their way into the emulator's folder. */
export class BodyFiles {
  readonly #folder: string;

  /** The folder must exist; the emulator removes it at its end. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Writes a stream to a file of its own; nothing is left behind when it breaks or grows too large. */
  async store(source: Readable, maxBytes: number, tooLarge: () => S3Error): Promise<StoredBytes> {
    const path = join(this.#folder, randomUUID());
    const file = await open(path, 'wx');
    const hash = createHash('md5');
    let sizeBytes = 0;
    try {
      for await (const chunk of source as AsyncIterable<Buffer>) {
        sizeBytes += chunk.length;
        if (sizeBytes > maxBytes) throw tooLarge();
        hash.update(chunk);
        await file.write(chunk);
      }
      await file.close();
      return { path, sizeBytes, md5: hash.digest('hex') };
    } catch (error) {
      await file.close();
      await rm(path, { force: true });
      throw error;
    }
  }

  /** Joins files, in order, into one. */
  async join(parts: readonly StoredBytes[]): Promise<StoredBytes> {
    async function* all(): AsyncGenerator<Buffer> {
      for (const part of parts) yield* createReadStream(part.path) as AsyncIterable<Buffer>;
    }
    return this.store(Readable.from(all()), Number.MAX_SAFE_INTEGER, unreachable);
  }
}

function unreachable(): S3Error {
  return new S3Error(500, 'InternalError', 'We encountered an internal error. Please try again.');
}
