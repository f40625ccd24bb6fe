/** A process that ended: its call has no effect, or has one without an answer. */
export class CrashError extends Error {}

/** Counts down the calls that a process makes before it crashes; a crashed one makes none any more. */
export class Lifetime {
  #left: number;

  /** Absent = it lives for ever. */
  constructor(calls: number = Number.POSITIVE_INFINITY) {
    this.#left = calls;
  }

  /** One call begins. @throws {CrashError} the process has ended */
  spend(): void {
    if (this.#left <= 0) throw new CrashError();
    this.#left -= 1;
  }
}

/**
 * The same object as a process sees it: each call waits for `turn` before and after, so that a scheduler decides who goes on,
 * and a process whose life ends gets no answer, whether or not the call had its effect.
 */
export function asSeenBy<T extends object>(
  target: T,
  lifetime: Lifetime,
  turn: (label: string) => Promise<unknown>,
): T {
  return new Proxy(target, {
    get(object, name) {
      const value: unknown = Reflect.get(object, name, object);
      if (typeof value === 'object' && value !== null) return asSeenBy(value, lifetime, turn);
      if (typeof value !== 'function') return value;
      return async (...given: readonly unknown[]) => {
        lifetime.spend();
        await turn(`${String(name)} begins`);
        try {
          return await Reflect.apply(value, object, given);
        } finally {
          await turn(`${String(name)} ends`);
          lifetime.spend();
        }
      };
    },
  });
}
