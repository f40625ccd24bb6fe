/** Far more than a step needs, also one of fifty calls on a busy computer: the guard is for steps that never end. */
const STEP_LIMIT_MS = 30_000;
const MAX_STUCK_STEPS = 2;

/** Limits the time of a suite: a step that does not end fails its case; after two of them the remaining cases fail at once. */
export class StepGuard {
  readonly #limitMs: number;
  #stuck = 0;

  /** `limitMs`: longest time of a step. Default 30 000. */
  constructor(limitMs: number = STEP_LIMIT_MS) {
    this.#limitMs = limitMs;
  }

  /** @throws {Error} two earlier steps did not end, so that others would not end either */
  refuseWhenStuck(): void {
    if (this.#stuck < MAX_STUCK_STEPS) return;
    throw new Error(`This case was not run: ${this.#stuck} steps of earlier cases did not end; fix those cases first.`);
  }

  /** Settles with the outcome of the step. @throws {Error} it takes longer than the limit */
  async watch<T>(step: string, outcome: Promise<T>): Promise<T> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stuck = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => {
        this.#stuck += 1;
        reject(new Error(`${step} has not ended after ${this.#limitMs} ms.`));
      }, this.#limitMs);
    });
    try {
      return await Promise.race([outcome, stuck]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** The same object; each of its calls has the time limit. */
  guard<T extends object>(target: T): T {
    // The target is an empty object: a proxy may not change what members of a frozen target return.
    return new Proxy({} as T, {
      get: (_empty, name) => {
        const member: unknown = Reflect.get(target, name, target);
        if (typeof member !== 'function') return member;
        return (...args: readonly unknown[]) => {
          const outcome: unknown = Reflect.apply(member, target, args);
          return isPromise(outcome) ? this.watch(String(name), outcome) : outcome;
        };
      },
      has: (_empty, name) => name in target,
    });
  }
}

function isPromise(value: unknown): value is Promise<unknown> {
  return typeof value === 'object' && value !== null && typeof Reflect.get(value, 'then') === 'function';
}
