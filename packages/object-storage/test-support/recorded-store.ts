import type { ObjectStore } from '../src/object-store.ts';

/** A store that records its operations in order, and lets those fail that a test names. */
export class RecordedStore {
  /** For instance `readDocument records/….json`; ids that tests do not choose are written as `*`. */
  readonly calls: string[] = [];
  /** Throws, or waits, before an operation is carried out. */
  before: (call: string) => Promise<void> | void = () => {};
  /** Throws after it was carried out: the answer is lost. */
  after: (call: string) => Promise<void> | void = () => {};
  /** To be passed to a storage. */
  readonly store: ObjectStore;

  constructor(store: ObjectStore) {
    this.store = this.#recorded(store, '');
  }

  /** The operations since the last call of this method. */
  taken(): readonly string[] {
    return this.calls.splice(0);
  }

  #recorded<T extends object>(target: T, path: string): T {
    return new Proxy(target, {
      get: (_, name) => {
        const value: unknown = Reflect.get(target, name);
        if (name === 'edge' && typeof value === 'object' && value !== null) return this.#recorded(value, 'edge.');
        if (typeof value !== 'function') return value;
        return async (...args: readonly unknown[]) => {
          const call = `${path}${String(name)}${describe(String(name), args)}`;
          this.calls.push(call);
          await this.before(call);
          const result: unknown = await Reflect.apply(value, target, args);
          await this.after(call);
          return result;
        };
      },
    });
  }
}

/** Describes an operation by its keys and ids. */
function describe(name: string, [first, second]: readonly unknown[]): string {
  if (typeof first === 'string') return ` ${first.replace(/\.[0-9a-f]{32}$/, '.*')}`;
  if (name === 'hideKeys' && Array.isArray(first)) return ` ${first.join(' ')}`;
  if (name === 'purge' && Array.isArray(first))
    return ` ${first.map((purge: { videoId: string }) => purge.videoId).join(' ')}`;
  if (name === 'discardSource' || name === 'openSource' || name === 'placeSource') {
    return ` ${String(Reflect.get(Object(second), 'kind'))}`;
  }
  return '';
}
