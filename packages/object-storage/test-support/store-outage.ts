import { BackendError, type VideoStorageError } from '@videostorage/core';
import type { MemoryHost } from './memory-host.ts';

/** A store that does not answer. */
export function outage(): BackendError {
  return new BackendError('BACKEND_UNAVAILABLE', 'The store did not answer.');
}

/** Lets the next operation fail whose record begins with `call`. */
export function failOnce(host: MemoryHost, call: string, when: 'before' | 'after' = 'before'): void {
  host.operations[when] = (made) => {
    if (!made.startsWith(call)) return;
    host.operations[when] = () => {};
    throw outage();
  };
}

/** The code of the error that a call ends in; `none` when it succeeds. */
export async function codeOf(call: Promise<unknown>): Promise<string> {
  return call.then(
    () => 'none',
    (error: VideoStorageError & { readonly code: string }) => error.code,
  );
}
