/** Thrown by the calls of a crashed process: the call had no effect, or an effect without an answer. */
export class CrashError extends Error {}

/** Counts the calls that a process makes before it crashes; afterwards every call fails. */
export class Lifetime {
  #left: number;

  /** Absent = it never crashes. */
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
 * The same object as a process sees it: each call waits for `turn` before and after, so that a scheduler decides which
 * process continues, and a process that crashes gets no answer, whether or not the call had an effect.
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
