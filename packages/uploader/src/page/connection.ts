import { BackendError } from '@videostorage/core';

/** The members of `window` that report whether there is a network; Node and workers lack some. */
interface Page {
  readonly navigator?: { readonly onLine?: boolean };
  addEventListener?(type: string, listener: () => void): void;
  removeEventListener?(type: string, listener: () => void): void;
}

/** Whether there is a network, as far as the browser knows; true where it does not say. */
export class Connection {
  readonly #page: Page;
  readonly #onChange: () => void;
  #back = Promise.withResolvers<void>();
  #lost = new AbortController();
  readonly #update = (): void => {
    const isOnline = this.#page.navigator?.onLine !== false;
    if (isOnline === this.isOnline) return;
    if (isOnline) {
      this.#lost = new AbortController();
      this.#back.resolve();
      this.#back = Promise.withResolvers();
    } else this.#lost.abort(noNetwork());
    this.#onChange();
  };

  constructor(onChange: () => void, page: Page = globalThis) {
    this.#page = page;
    this.#onChange = onChange;
    if (page.navigator?.onLine === false) this.#lost.abort(noNetwork());
    page.addEventListener?.('online', this.#update);
    page.addEventListener?.('offline', this.#update);
  }

  /** Whether there is a network now. */
  get isOnline(): boolean {
    return !this.lost.aborted;
  }

  /** Aborts when the browser goes offline; another signal once it is back online. */
  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  /** Resolves as soon as there is a network. */
  async whenOnline(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.isOnline) return;
    await new Promise<void>((resolve, reject) => {
      this.#back.promise.then(resolve);
      signal.addEventListener('abort', () => reject(signal.reason));
    });
  }

  /** Removes its listeners from the page. From then on no event reports that the network is back, so it counts as online. */
  close(): void {
    this.#page.removeEventListener?.('online', this.#update);
    this.#page.removeEventListener?.('offline', this.#update);
    this.#lost = new AbortController();
  }
}

function noNetwork(): BackendError {
  return new BackendError('BACKEND_UNAVAILABLE', 'There is no network.');
}
