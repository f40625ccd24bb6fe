import type { S3Client } from './s3-client.ts';
import { lackOf, namingLack } from './store-abilities.ts';

/** A small JSON object. */
export interface WrittenDocument {
  /** Whole key in the bucket. */
  readonly key: string;
  /** The whole document as JSON. */
  readonly text: string;
}

/** The largest document that is read. */
export const MAX_DOCUMENT_BYTES: number = 64 * 1024;

/**
 * Creates and overwrites documents. Checks once whether the store's create is atomic: on a store that ignores the condition two
 * confirms could both succeed, and the bytes of one would be lost.
 */
export class DocumentWriter {
  readonly #s3: S3Client;
  readonly #isAtomic: boolean;
  readonly #last = new Map<string, Promise<void>>();
  #isTried = false;

  /** `isAtomic` false: a create is a read and a write, one create at a time for each key. */
  constructor(s3: S3Client, isAtomic: boolean) {
    this.#s3 = s3;
    this.#isAtomic = isAtomic;
  }

  /** How many documents are being written in turn: those of ended turns are not remembered. */
  get inTurnCount(): number {
    return this.#last.size;
  }

  /** @returns whether it was absent @throws {BackendError} {ConfigurationError} a store without atomic create */
  async create(document: WrittenDocument, signal: AbortSignal): Promise<boolean> {
    if (!this.#isAtomic) return this.#inTurn(document.key, () => this.#lookAndWrite(document, signal));
    const isCreated = await this.#createAtomically(document, signal);
    if (!isCreated || this.#isTried) return isCreated;
    // The same bytes again: a store that honours the condition refuses them; one that ignores it replaces them by the same.
    if (await this.#createAtomically(document, signal)) throw lackOf('createIfAbsent');
    this.#isTried = true;
    return true;
  }

  /** Writes the document, whether the key exists or not. */
  async overwrite(document: WrittenDocument, signal: AbortSignal): Promise<void> {
    if (this.#isAtomic) await this.#put(document, false, signal);
    else await this.#inTurn(document.key, () => this.#put(document, false, signal));
  }

  async #createAtomically(document: WrittenDocument, signal: AbortSignal): Promise<boolean> {
    try {
      return await this.#put(document, true, signal);
    } catch (error) {
      throw namingLack('createIfAbsent', error);
    }
  }

  async #lookAndWrite(document: WrittenDocument, signal: AbortSignal): Promise<boolean> {
    if ((await this.#s3.getObject(document.key, MAX_DOCUMENT_BYTES, signal)) !== undefined) return false;
    return this.#put(document, false, signal);
  }

  #put(document: WrittenDocument, mustBeAbsent: boolean, signal: AbortSignal): Promise<boolean> {
    return this.#s3.putObject({ ...document, contentType: 'application/json', mustBeAbsent }, signal);
  }

  async #inTurn<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(key) ?? Promise.resolve();
    const result = before.then(work);
    // The next write of this key waits for the end of this one, whether it failed or not.
    const ended = result.then(
      () => undefined,
      () => undefined,
    );
    this.#last.set(key, ended);
    try {
      return await result;
    } finally {
      if (this.#last.get(key) === ended) this.#last.delete(key);
    }
  }
}
