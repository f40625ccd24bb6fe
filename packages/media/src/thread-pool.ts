import { type ProbeJob, ProbeThreadHandle } from './probe-thread-handle.ts';
import type { Finding } from './thread/finding.ts';

/** Two: one file that costs all it may does not delay the next. */
const MAX_THREADS = 2;

/** What the pool knows of a thread. */
export type PooledThread = Pick<ProbeThreadHandle, 'run' | 'isUsable' | 'wasReady'>;

/** Threads that are started when first needed, kept warm, and made again when one was ended. */
export class ThreadPool {
  readonly #start: () => PooledThread;
  readonly #idle: PooledThread[] = [];
  readonly #waiting: (() => void)[] = [];
  #busy = 0;

  constructor(start: () => PooledThread = () => new ProbeThreadHandle()) {
    this.#start = start;
  }

  /** Probes a file in the next free thread. @throws like `ProbeThreadHandle.run` */
  async run(job: ProbeJob): Promise<Finding> {
    await this.#turn(job.signal);
    try {
      const thread = this.#take();
      try {
        return await thread.run(job);
      } finally {
        this.#keep(thread);
      }
    } finally {
      // The place is passed on, so that a later caller does not take it first.
      const next = this.#waiting.shift();
      if (next === undefined) this.#busy -= 1;
      else next();
    }
  }

  /** Warm again before the next file comes; a thread that never started would only fail again. */
  #keep(thread: PooledThread): void {
    if (!thread.isUsable && !thread.wasReady) return;
    try {
      this.#idle.push(thread.isUsable ? thread : this.#start());
    } catch {
      // The file that has ended is none the worse for it; the next one starts a thread again, and fails if it has to.
    }
  }

  /** Takes a place among the busy ones. @throws the reason of the signal when that comes first */
  async #turn(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#busy < MAX_THREADS) {
      this.#busy += 1;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const proceed = () => {
        signal.removeEventListener('abort', onAbort);
        resolve();
      };
      const onAbort = () => {
        this.#waiting.splice(this.#waiting.indexOf(proceed), 1);
        reject(signal.reason);
      };
      this.#waiting.push(proceed);
      signal.addEventListener('abort', onAbort, { once: true });
    });
  }

  #take(): PooledThread {
    for (let thread = this.#idle.pop(); thread !== undefined; thread = this.#idle.pop()) {
      if (thread.isUsable) return thread;
    }
    return this.#start();
  }
}

/** The pool of this process. */
export const threadPool: ThreadPool = new ThreadPool();
