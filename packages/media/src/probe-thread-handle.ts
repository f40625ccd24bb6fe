import { cannotStart, startThread } from './start-thread.ts';
import type { Finding } from './thread/finding.ts';
import type { HostMessage, ThreadMessage } from './thread/messages.ts';

/** One file to probe. */
export interface ProbeJob {
  readonly sizeBytes: number;
  /** The bytes that the thread requests; undefined when no more may be read. An error that it throws ends the job. */
  readonly read: (start: number, end: number) => Promise<Uint8Array | undefined>;
  readonly maxComputingMs: number;
  /** Ends the job with its reason. */
  readonly signal: AbortSignal;
}

/** The members of Node's `Worker` that are used. */
export interface ProbeThread {
  on(event: 'message', listener: (message: ThreadMessage) => void): unknown;
  on(event: 'error', listener: (error: unknown) => void): unknown;
  on(event: 'exit', listener: (code: number) => void): unknown;
  postMessage(message: HostMessage, transfer: ArrayBuffer[]): void;
  ref(): void;
  unref(): void;
  terminate(): Promise<number>;
}

type Outcome = { readonly finding: Finding } | { readonly error: unknown };

const TOO_COMPLEX: Outcome = { finding: { outcome: 'undetermined', reason: 'too-complex' } };

/** A worker thread as the main thread sees it: one file at a time, ended when it computes for too long. */
export class ProbeThreadHandle {
  readonly #worker: ProbeThread;
  readonly #ready: Promise<void>;
  #isReady = false;
  #isUsable = true;
  #onMessage: (message: ThreadMessage) => void = () => undefined;
  #onGone: (error: unknown) => void = () => undefined;

  /**
   * Starts the thread, unless one is given that has just been started. @throws {ConfigurationError} its program cannot be found
   */
  constructor(worker: ProbeThread = startThread()) {
    this.#worker = worker;
    this.#ready = new Promise((resolve, reject) => {
      this.#worker.on('message', (message) => {
        if (message.type !== 'ready') return this.#onMessage(message);
        this.#isReady = true;
        resolve();
      });
      const onGone = (cause: unknown) => {
        this.#isUsable = false;
        reject(cannotStart(cause));
        this.#onGone(cause);
      };
      this.#worker.on('error', onGone);
      this.#worker.on('exit', (code) => onGone(new Error(`The thread ended with code ${code}.`)));
    });
    // Only a file that is being probed keeps the process alive. This must come after the listeners, since adding one calls
    // `ref` again.
    this.#worker.unref();
    // The rejection is not lost: `run` waits for the same promise and throws its error. Without this, a spare thread that
    // cannot start would end the process of the host app, since nothing waits for it.
    this.#ready.catch(() => undefined);
  }

  /** Whether it can take another file. */
  get isUsable(): boolean {
    return this.#isUsable;
  }

  /** Whether it has ever been able to work; one that never was is not replaced before it is needed. */
  get wasReady(): boolean {
    return this.#isReady;
  }

  /** Probes a file. @throws the reason of the job's signal, what its `read` throws, {ConfigurationError} */
  async run(job: ProbeJob): Promise<Finding> {
    this.#worker.ref();
    try {
      await orAborted(this.#ready, job.signal);
      const outcome = await this.#converse(job);
      if ('error' in outcome) throw outcome.error;
      return outcome.finding;
    } finally {
      this.#onMessage = () => undefined;
      this.#onGone = () => undefined;
      this.#worker.unref();
    }
  }

  #converse(job: ProbeJob): Promise<Outcome> {
    return new Promise((resolve) => {
      /** What the job ends with as soon as the thread has dropped the file. */
      let dropped: Outcome | undefined;
      let isReading = false;
      let timer: NodeJS.Timeout | undefined;
      const post = (message: HostMessage, computedMs: number, transfer: ArrayBuffer[] = []) => {
        isReading = false;
        this.#worker.postMessage(message, transfer);
        // An answer that waits in the queue of a busy main thread is handled first: its turn comes before `setImmediate`.
        timer = setTimeout(
          () => setImmediate(() => timer && end(dropped ?? TOO_COMPLEX)),
          job.maxComputingMs - computedMs,
        );
      };
      const stopClock = () => {
        clearTimeout(timer);
        timer = undefined;
      };
      const end = (outcome: Outcome) => {
        this.#isUsable = false;
        void this.#worker.terminate();
        settle(outcome);
      };
      const settle = (outcome: Outcome) => {
        stopClock();
        job.signal.removeEventListener('abort', onAbort);
        resolve(outcome);
      };
      const drop = (error: unknown) => {
        dropped = { error };
        post({ type: 'cancel' }, 0);
      };
      const onAbort = () => {
        if (isReading) drop(job.signal.reason);
        else end(dropped ?? { error: job.signal.reason });
      };
      const answer = async ({ start, end: last, computedMs }: Extract<ThreadMessage, { type: 'read' }>) => {
        try {
          const bytes = await job.read(start, last);
          if (!isReading) return;
          if (bytes === undefined) post({ type: 'limit' }, computedMs);
          else {
            // A copy, since the caller's array may be a view of a larger one, which would be transferred as a whole.
            const copy = new Uint8Array(bytes);
            post({ type: 'bytes', bytes: copy }, computedMs, [copy.buffer]);
          }
        } catch (error) {
          if (isReading) drop(error);
        }
      };
      this.#onMessage = (message) => {
        stopClock();
        if (message.type === 'read') {
          isReading = true;
          void answer(message);
        } else if (message.type === 'done') {
          if (message.isSpent) end(dropped ?? toOutcome(message.finding));
          else settle(dropped ?? toOutcome(message.finding));
        }
      };
      this.#onGone = (error) => settle(dropped ?? (isOutOfMemory(error) ? TOO_COMPLEX : { error }));
      job.signal.addEventListener('abort', onAbort, { once: true });
      post({ type: 'probe', sizeBytes: job.sizeBytes }, 0);
    });
  }
}

const toOutcome = (finding: Finding | undefined): Outcome => (finding === undefined ? TOO_COMPLEX : { finding });

const isOutOfMemory = (error: unknown) =>
  error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';

/** @throws the reason of the signal when that comes first */
async function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  const settled = new AbortController();
  const aborted = new Promise<never>((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true, signal: settled.signal });
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    settled.abort();
  }
}
