import type { CallOptions } from '../contract/storage.ts';

/** The options of every call, each read by its name: a copy of the object would lose those that are getters of a class. */
export function callOptionsOf(options: CallOptions): {
  readonly [Name in keyof Required<CallOptions>]: CallOptions[Name];
} {
  const { signal, timeoutMs, requestId } = options;
  // It may be a method of the options, so it is called on them.
  return { signal, timeoutMs, requestId, onRateLimit: options.onRateLimit?.bind(options) };
}
