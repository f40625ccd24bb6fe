/** Asks a holder to release its key soon. */
export type RequestRelease = () => void | Promise<void>;

/** A caller that has a key, or waits for it. */
interface Holder {
  /** Lets this one begin. */
  readonly begin: () => void;
  /** Asks this one to release its key soon. */
  readonly requestRelease: RequestRelease | undefined;
}

/**
 * One at a time for each key, in the order of the requests; keys without a holder take no memory. A holder is asked to release
 * its key when another caller waits, so that a dropped connection does not block its own upload from being resumed.
 */
export class KeyedLock {
  readonly #queues = new Map<string, Holder[]>();

  /** How many have this key or wait for it. */
  count(key: string): number {
    return this.#queues.get(key)?.length ?? 0;
  }

  /** Runs the work alone for this key. A signal ends the waiting, not the work. @throws the signal's own reason */
  async run<T>(key: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    const release = await this.acquire(key, signal);
    try {
      return await work();
    } finally {
      release();
    }
  }

  /** Waits for the key; the returned function releases it. @throws the signal's own reason */
  async acquire(key: string, signal?: AbortSignal, requestRelease?: RequestRelease): Promise<() => void> {
    signal?.throwIfAborted();
    const queue = this.#queues.get(key);
    if (queue === undefined) {
      const holder: Holder = { begin: () => undefined, requestRelease };
      this.#queues.set(key, [holder]);
      return () => this.#release(key, holder);
    }
    return this.#wait(key, queue, signal, requestRelease);
  }

  #wait(
    key: string,
    queue: Holder[],
    signal: AbortSignal | undefined,
    requestRelease: RequestRelease | undefined,
  ): Promise<() => void> {
    return new Promise((resolve, reject) => {
      const onAbort = () => {
        this.#release(key, holder);
        reject(signal?.reason);
      };
      const begin = () => {
        signal?.removeEventListener('abort', onAbort);
        resolve(() => this.#release(key, holder));
      };
      const holder: Holder = { begin, requestRelease };
      queue.push(holder);
      signal?.addEventListener('abort', onAbort, { once: true });
      void queue[0]?.requestRelease?.();
    });
  }

  #release(key: string, holder: Holder): void {
    const queue = this.#queues.get(key);
    const place = queue?.indexOf(holder) ?? -1;
    if (queue === undefined || place < 0) return;
    queue.splice(place, 1);
    const next = queue[0];
    if (next === undefined) this.#queues.delete(key);
    if (place > 0 || next === undefined) return;
    next.begin();
    if (queue.length > 1) void next.requestRelease?.();
  }
}
