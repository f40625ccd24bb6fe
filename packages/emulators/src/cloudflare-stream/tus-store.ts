import { AsyncLocalStorage } from 'node:async_hooks';
import type { Readable } from 'node:stream';
import { FileStore } from '@tus/file-store';
import { ERRORS, type Upload } from '@tus/server';

/** tus-node-server's store in a folder that exists. */
export class TusStore extends FileStore {
  static {
    // FileStore creates its folder in a callback whose error ends the process, for instance when the emulator was stopped
    // meanwhile.
    Object.defineProperty(TusStore.prototype, 'checkOrCreateDirectory', { value: () => undefined });
  }

  readonly #keepsInterruptedChunks: boolean;
  /** Where the complete chunks of an upload end: its file may be longer, by what arrived of one that was interrupted. */
  readonly #offsets = new Map<string, number>();
  /** Size of the chunk that is being received. */
  readonly #chunkBytes = new AsyncLocalStorage<number>();

  constructor(folder: string, keepsInterruptedChunks: boolean) {
    super({ directory: folder });
    this.#keepsInterruptedChunks = keepsInterruptedChunks;
  }

  /** Receives a chunk of that size, by calling `write` within. */
  receive<Result>(chunkBytes: number, within: () => Result): Result {
    return this.#chunkBytes.run(chunkBytes, within);
  }

  /** Forgets an upload whose files are removed. */
  forget(id: string): void {
    this.#offsets.delete(id);
  }

  override async getUpload(id: string): Promise<Upload> {
    const upload = await super.getUpload(id);
    if (!this.#keepsInterruptedChunks) upload.offset = this.#offsets.get(id) ?? 0;
    return upload;
  }

  /** The offset changes at once, after the last byte: the next chunk overwrites what is left of an interrupted one. */
  override async write(readable: Readable, id: string, offset: number): Promise<number> {
    const end = await super.write(readable, id, offset);
    if (this.#keepsInterruptedChunks) return end;
    if (end - offset !== this.#chunkBytes.getStore()) throw ERRORS.ABORTED;
    this.#offsets.set(id, end);
    return end;
  }
}
