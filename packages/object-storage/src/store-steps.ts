import type { StorageCall } from '@videostorage/core';
import { randomId } from '@videostorage/core';
import type { RangeReader } from '@videostorage/media';
import type {
  CreatedUpload,
  DeclaredUpload,
  EdgePurge,
  KeyPage,
  KeyPageRequest,
  Leftover,
  LeftoverPage,
  NewUpload,
  ObjectStore,
  Source,
  UploadHandle,
} from './object-store.ts';

/**
 * The operations of a store inside one call: each is a step with its own retries within the call's deadline. All of them may be
 * retried, as `ObjectStore` requires.
 */
export class StoreSteps {
  /** The call that the steps belong to. */
  readonly call: StorageCall;
  readonly #store: ObjectStore;

  constructor(store: ObjectStore, call: StorageCall) {
    this.#store = store;
    this.call = call;
  }

  /** The same store in a clean-up call, which has its own deadline and ignores the caller's abort. */
  forCleanUp(): StoreSteps {
    return new StoreSteps(this.#store, this.call.forCleanUp());
  }

  /** How many videos one purge may name; undefined: the store has no edge. */
  get maxPurges(): number | undefined {
    return this.#store.edge?.maxVideos;
  }

  createUpload(upload: NewUpload): Promise<CreatedUpload> {
    return this.#step((signal) => this.#store.createUpload(upload, signal));
  }

  /**
   * Each attempt makes its own copy: the store may still carry out an attempt that timed out, which must not change the bytes
   * of another.
   */
  takeSource(upload: DeclaredUpload): Promise<{ readonly attempt: string; readonly source: Source } | undefined> {
    return this.#step(async (signal) => {
      const attempt = randomId();
      const source = await this.#store.takeSource(upload, attempt, signal);
      return source && { attempt, source };
    });
  }

  async openSource(upload: UploadHandle, source: Source): Promise<RangeReader | undefined> {
    return this.#stepped(await this.#step((signal) => this.#store.openSource(upload, source, signal)));
  }

  placeSource(upload: DeclaredUpload, source: Source): Promise<boolean> {
    return this.#step((signal) => this.#store.placeSource(upload, source, signal));
  }

  async openVideo(videoId: string): Promise<RangeReader | undefined> {
    return this.#stepped(await this.#step((signal) => this.#store.openVideo(videoId, signal)));
  }

  discardSource(upload: UploadHandle, source: Source): Promise<void> {
    return this.#step((signal) => this.#store.discardSource(upload, source, signal));
  }

  discardUpload(upload: UploadHandle): Promise<void> {
    return this.#step((signal) => this.#store.discardUpload(upload, signal));
  }

  createDocument(key: string, text: string): Promise<boolean> {
    return this.#step((signal) => this.#store.createDocument(key, text, signal));
  }

  readDocument(key: string): Promise<string | undefined> {
    return this.#step((signal) => this.#store.readDocument(key, signal));
  }

  writeDocument(key: string, text: string): Promise<void> {
    return this.#step((signal) => this.#store.writeDocument(key, text, signal));
  }

  removeDocument(key: string): Promise<void> {
    return this.#step((signal) => this.#store.removeDocument(key, signal));
  }

  listDocuments(prefix: string, page: KeyPageRequest): Promise<KeyPage> {
    return this.#step((signal) => this.#store.listDocuments(prefix, page, signal));
  }

  listVideoKeys(videoId: string, page: KeyPageRequest): Promise<KeyPage> {
    return this.#step((signal) => this.#store.listVideoKeys(videoId, page, signal));
  }

  hideKeys(keys: readonly string[]): Promise<void> {
    return this.#step((signal) => this.#store.hideKeys(keys, signal));
  }

  freeVersions(videoId: string): Promise<{ readonly more: boolean; readonly retained: boolean }> {
    return this.#step((signal) => this.#store.freeVersions(videoId, signal));
  }

  listLeftovers(page: { readonly cursor?: string | undefined; readonly limit: number }): Promise<LeftoverPage> {
    return this.#step((signal) => this.#store.listLeftovers(page, signal));
  }

  removeLeftover(leftover: Leftover): Promise<void> {
    return this.#step((signal) => this.#store.removeLeftover(leftover, signal));
  }

  /** True when there is no edge: nothing has to be purged. */
  purge(purges: readonly EdgePurge[]): Promise<boolean> {
    const { edge } = this.#store;
    return edge === undefined ? Promise.resolve(true) : this.#step((signal) => edge.purge(purges, signal));
  }

  #step<T>(request: (signal: AbortSignal) => Promise<T>): Promise<T> {
    return this.call.step('always', request);
  }

  /** Every range is its own step, and the reader's signal ends it as well. */
  #stepped(reader: RangeReader | undefined): RangeReader | undefined {
    if (reader === undefined) return undefined;
    return {
      sizeBytes: reader.sizeBytes,
      read: (start, end, readers) =>
        this.#step((signal) => reader.read(start, end, AbortSignal.any([signal, readers]))),
    };
  }
}
