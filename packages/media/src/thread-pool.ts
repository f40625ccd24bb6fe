import { type ProbeJob, ProbeThreadHandle } from './probe-thread-handle.ts';
import type { Finding } from './thread/finding.ts';

/** Two, so that one file that takes its whole computing time does not delay the next. */
const MAX_THREADS = 2;

/** The members of a thread that the pool uses. */
export type PooledThread = Pick<ProbeThreadHandle, 'run' | 'isUsable' | 'wasReady'>;

/** Threads that are started when first needed, kept for later files, and replaced when one was ended. */
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

  /**
   * Before the next file comes, replaces a thread that was ended. One that never started is not replaced: the new one would fail
   * too.
   */
  #keep(thread: PooledThread): void {
    if (!thread.isUsable && !thread.wasReady) return;
    try {
      this.#idle.push(thread.isUsable ? thread : this.#start());
    } catch {
      // The file that has ended is none the worse for it; the next one starts a thread again, and fails if it has to.
    }
  }

  /** Waits for a place among the busy files. @throws the reason of the signal when that comes first */
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
