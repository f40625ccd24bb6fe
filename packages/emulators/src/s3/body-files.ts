import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { link, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { noSuchKey, S3Error } from './s3-error.ts';
import type { ObjectVersion, StoredBytes } from './stored-object.ts';

/** Writes bytes to files in the emulator's folder. */
export class BodyFiles {
  readonly #folder: string;

  /** The folder must exist; the emulator removes it at its end. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /**
   * Writes a stream to a file of its own; no file is left behind when it fails or is too large. A stream that is too large is
   * read to its end, and the further bytes are dropped: a sender reads a refusal only when it has sent everything.
   * @throws {S3Error} 400 `EntityTooLarge`
   */
  async store(source: Readable, maxBytes: number, watch?: (chunk: Uint8Array) => void): Promise<StoredBytes> {
    const path = join(this.#folder, randomUUID());
    const file = await open(path, 'wx');
    const hash = createHash('md5');
    let sizeBytes = 0;
    try {
      for await (const chunk of source.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
        sizeBytes += chunk.length;
        if (sizeBytes > maxBytes) continue;
        hash.update(chunk);
        watch?.(chunk);
        await file.writeFile(chunk);
      }
      if (sizeBytes > maxBytes) throw tooLarge(sizeBytes, maxBytes);
      await file.close();
      return { path, sizeBytes, md5: hash.digest('hex') };
    } catch (error) {
      await file.close();
      await rm(path, { force: true });
      throw error;
    }
  }

  /**
   * A second name for the immutable bytes of an object: each can be removed without the other. @throws {S3Error} 404 the object
   * was just deleted
   */
  async share({ key, path, sizeBytes, md5 }: ObjectVersion): Promise<StoredBytes> {
    const shared = join(this.#folder, randomUUID());
    await link(path, shared).catch((error: unknown) => {
      throw isGone(error) ? noSuchKey(key) : error;
    });
    return { path: shared, sizeBytes, md5 };
  }

  /** Joins files, in order, into one. */
  async join(parts: readonly StoredBytes[]): Promise<StoredBytes> {
    async function* all(): AsyncGenerator<Buffer> {
      for (const part of parts) yield* createReadStream(part.path) as AsyncIterable<Buffer>;
    }
    return this.store(Readable.from(all()), Number.MAX_SAFE_INTEGER);
  }
}

/** The error 400 for anything larger than its limit. */
export function tooLarge(proposedBytes: number, maxBytes: number): S3Error {
  return new S3Error(400, 'EntityTooLarge', 'Your proposed upload exceeds the maximum allowed size', {
    ProposedSize: proposedBytes,
    MaxSizeAllowed: maxBytes,
  });
}

/** Whether a file was removed before it could be opened: its object has just been deleted. */
export function isGone(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
