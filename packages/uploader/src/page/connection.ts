import { BackendError } from '@videostorage/core';

/** The page's window, as far as it says whether there is a network; Node and workers lack parts of it. */
interface Page {
  readonly navigator?: { readonly onLine?: boolean };
  addEventListener?(type: string, listener: () => void): void;
  removeEventListener?(type: string, listener: () => void): void;
}

/** Whether there is a network, as far as the browser knows. Where nobody says so, there is. */
export class Connection {
  readonly #page: Page;
  readonly #onChange: () => void;
  readonly #back = new EventTarget();
  #lost = new AbortController();
  readonly #update = (): void => {
    const isOnline = this.#page.navigator?.onLine !== false;
    if (isOnline === this.isOnline) return;
    if (isOnline) {
      this.#lost = new AbortController();
      this.#back.dispatchEvent(new Event('online'));
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

  /** Whether there is one now. */
  get isOnline(): boolean {
    return !this.lost.aborted;
  }

  /** Aborted when the network goes; another one after it has come back. */
  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  /** Resolves when there is a network; at once when there is. */
  async whenOnline(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.isOnline) return;
    await new Promise<unknown>((resolve, reject) => {
      this.#back.addEventListener('online', resolve, { once: true, signal });
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    });
  }

  /** Takes its listeners off the page. */
  close(): void {
    this.#page.removeEventListener?.('online', this.#update);
    this.#page.removeEventListener?.('offline', this.#update);
  }
}

function noNetwork(): BackendError {
  return new BackendError('BACKEND_UNAVAILABLE', 'There is no network.');
}
