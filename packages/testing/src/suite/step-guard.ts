/** Less than a call's default deadline of ten seconds, so that a `timeoutMs` that is not heard is noticed. */
const STEP_LIMIT_MS = 8000;
const MAX_STUCK_STEPS = 2;

/** Bounds a suite: a step that never ends fails its case, and after two of them the remaining cases fail at once. */
export class StepGuard {
  readonly #limitMs: number;
  #stuck = 0;

  /** Default: eight seconds a step. */
  constructor(limitMs: number = STEP_LIMIT_MS) {
    this.#limitMs = limitMs;
  }

  /** @throws when steps before have never ended: the others would not end either */
  refuseWhenStuck(): void {
    if (this.#stuck < MAX_STUCK_STEPS) return;
    throw new Error(`This case was not tried: ${this.#stuck} steps of the cases before have never ended.`);
  }

  /** The step's outcome. @throws when it takes longer than the limit */
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

  /** The same object, each of whose calls is watched. */
  guard<T extends object>(target: T): T {
    // A proxy may not change what a frozen object gives, so it stands before an empty one.
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
