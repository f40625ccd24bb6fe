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
  #isOnline: boolean;
  #lost = new AbortController();
  #waiting = new Set<() => void>();
  readonly #handle = (): void => this.#update();

  constructor(onChange: () => void, page: Page = globalThis) {
    this.#page = page;
    this.#onChange = onChange;
    this.#isOnline = page.navigator?.onLine !== false;
    if (!this.#isOnline) this.#lost.abort(noNetwork());
    page.addEventListener?.('online', this.#handle);
    page.addEventListener?.('offline', this.#handle);
  }

  /** Whether there is one now. */
  get isOnline(): boolean {
    return this.#isOnline;
  }

  /** Aborted when the network goes; another one after it has come back. */
  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  /** Resolves when there is a network; at once when there is. */
  async whenOnline(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#isOnline) return;
    await new Promise<void>((resolve, reject) => {
      const onOnline = () => {
        signal.removeEventListener('abort', onAbort);
        resolve();
      };
      const onAbort = () => {
        this.#waiting.delete(onOnline);
        reject(signal.reason);
      };
      this.#waiting.add(onOnline);
      signal.addEventListener('abort', onAbort, { once: true });
    });
  }

  /** Takes its listeners off the page. */
  close(): void {
    this.#page.removeEventListener?.('online', this.#handle);
    this.#page.removeEventListener?.('offline', this.#handle);
  }

  #update(): void {
    const isOnline = this.#page.navigator?.onLine !== false;
    if (isOnline === this.#isOnline) return;
    this.#isOnline = isOnline;
    if (isOnline) {
      this.#lost = new AbortController();
      const waiting = [...this.#waiting];
      this.#waiting.clear();
      for (const resolve of waiting) resolve();
    } else {
      this.#lost.abort(noNetwork());
    }
    this.#onChange();
  }
}

function noNetwork(): BackendError {
  return new BackendError('BACKEND_UNAVAILABLE', 'There is no network.');
}
