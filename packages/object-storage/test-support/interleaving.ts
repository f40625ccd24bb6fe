import { setImmediate as turn } from 'node:timers/promises';
import { BackendError } from '@videostorage/core';
import type { ObjectStore } from '../src/object-store.ts';

/** How an operation of the store ends for the process that began it. */
export type Ending = 'done' | 'crash-before' | 'crash-after' | 'lost-answer' | 'unavailable';

interface Waiting {
  readonly process: ProcessOfModel;
  /** Carries the operation out at the bucket. */
  readonly run: () => Promise<void>;
  readonly fail: (error: unknown) => void;
  readonly answer: () => void;
}

/** A process that has died: whatever it still does has no effect. */
class Crashed extends Error {}

/** One process: may die between any two operations of the store. */
export class ProcessOfModel {
  /** Whether the process has died. */
  isDead = false;
}

/** Holds every operation on a store back until the test chooses which one continues, and how it ends. */
export class Interleaving {
  readonly #waiting: Waiting[] = [];
  readonly #failures: unknown[] = [];
  #running = 0;

  /** The store as this process sees it. */
  storeOf(store: ObjectStore, process: ProcessOfModel): ObjectStore {
    return this.#held(store, process);
  }

  /** Begins work of a process; an error that it throws fails the run. */
  begin(work: () => Promise<void>): void {
    this.#running += 1;
    work()
      .catch((error: unknown) => this.#failures.push(error))
      .finally(() => {
        this.#running -= 1;
      });
  }

  /** Runs until all work has ended. `choose` returns which of so many operations continues, and how it ends. */
  async run(
    choose: (count: number) => { readonly index: number; readonly ending: Ending },
    after: () => void,
  ): Promise<void> {
    for (let step = 0; step < 5000; step++) {
      for (let wait = 0; wait < 100 && this.#waiting.length === 0 && this.#running > 0; wait++) await turn();
      if (this.#failures.length > 0) throw this.#failures[0];
      if (this.#running === 0) return;
      if (this.#waiting.length === 0) throw new Error('Work has not ended, and begins no operation of the store.');
      const { index, ending } = choose(this.#waiting.length);
      const [next] = this.#waiting.splice(index, 1);
      if (next === undefined) throw new Error('There is no such operation.');
      await carryOut(next, ending);
      after();
      await turn();
    }
    throw new Error('Work does not end.');
  }

  #held<T extends object>(target: T, process: ProcessOfModel): T {
    return new Proxy(target, {
      get: (_, name) => {
        const value: unknown = Reflect.get(target, name);
        if (name === 'edge' && typeof value === 'object' && value !== null) return this.#held(value, process);
        if (typeof value !== 'function') return value;
        return (...args: readonly unknown[]) => this.#hold(process, () => Reflect.apply(value, target, args));
      },
    });
  }

  #hold(process: ProcessOfModel, operation: () => Promise<unknown>): Promise<unknown> {
    if (process.isDead) return Promise.reject(new Crashed());
    return new Promise((resolve, reject) => {
      let result: unknown;
      let failure: unknown;
      let failed = false;
      const run = async () => {
        try {
          result = await operation();
        } catch (error) {
          [failed, failure] = [true, error];
        }
      };
      const answer = () => (failed ? reject(failure) : resolve(result));
      this.#waiting.push({ process, run, answer, fail: reject });
    });
  }
}

async function carryOut({ process, run, answer, fail }: Waiting, ending: Ending): Promise<void> {
  if (process.isDead) {
    fail(new Crashed());
    return;
  }
  if (ending === 'crash-before' || ending === 'crash-after') process.isDead = true;
  if (ending !== 'crash-before' && ending !== 'unavailable') await run();
  if (ending === 'done') answer();
  else if (process.isDead) fail(new Crashed());
  else fail(new BackendError('BACKEND_UNAVAILABLE', 'The store did not answer.'));
}
