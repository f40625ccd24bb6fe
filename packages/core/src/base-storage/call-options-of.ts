import type { CallOptions } from '../contract/storage.ts';

/** The options of every call, each read by its name: a copy of the object would lose those that are getters of a class. */
export function callOptionsOf({ signal, timeoutMs, requestId, onRateLimit }: CallOptions): CallOptions {
  return { signal, timeoutMs, requestId, onRateLimit };
}
