import { ConfigurationError, VideoNotFoundError, type VideoStorage } from '@videostorage/core';

/** The storages of a service, by name. */
export class Storages {
  readonly #byName = new Map<string, VideoStorage>();
  /** The one that new uploads go to unless `chooseBackend` names another. */
  readonly default: VideoStorage;

  /** @throws {ConfigurationError} none, or two of one name */
  constructor(storages: readonly VideoStorage[]) {
    for (const storage of storages) {
      if (this.#byName.has(storage.backendName)) {
        throw new ConfigurationError(
          `VideoService: \`storages\` holds two named "${storage.backendName}"; a record finds its storage by that name.`,
        );
      }
      this.#byName.set(storage.backendName, storage);
    }
    const [first] = storages;
    if (first === undefined) throw new ConfigurationError('VideoService: `storages` must hold at least one storage.');
    this.default = first;
  }

  /** All of them, in the order given. */
  get all(): readonly VideoStorage[] {
    return [...this.#byName.values()];
  }

  /** The storage that a record names. @throws {ConfigurationError} it is not injected any more */
  of(record: { readonly backendName: string }): VideoStorage {
    const storage = this.#byName.get(record.backendName);
    if (storage !== undefined) return storage;
    throw new ConfigurationError(
      `VideoService: there are videos on "${record.backendName}", but no storage of that name in \`storages\`; inject it again.`,
    );
  }

  /** The storage of this name. @throws {VideoNotFoundError} */
  named(backendName: string): VideoStorage {
    const storage = this.#byName.get(backendName);
    if (storage === undefined) throw new VideoNotFoundError();
    return storage;
  }
}
