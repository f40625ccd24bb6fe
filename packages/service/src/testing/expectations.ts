import assert from 'node:assert/strict';
import { type ErrorCode, isVideoStorageError } from '@videostorage/core';

/** Asserts that the call is refused with this code, by an error of the library. */
export async function refuses(call: Promise<unknown>, code: ErrorCode): Promise<void> {
  const outcome = await call.then(
    () => 'a result',
    (error: unknown) => (isVideoStorageError(error) ? error.code : `not an error of the library: ${String(error)}`),
  );
  assert.equal(outcome, code);
}

/** Asserts that a value is not undefined. */
export function present<Value>(value: Value | undefined, what = 'a value'): Value {
  return value ?? assert.fail(`${what} was expected, not undefined`);
}

/** Asserts the format of all times: ISO 8601, UTC, with milliseconds. */
export function isTimestamp(value: string | null): void {
  const epochMs = Date.parse(value ?? '');
  assert.ok(Number.isFinite(epochMs) && new Date(epochMs).toISOString() === value, `not a time: ${value}`);
}

/** How many milliseconds lie between two times. */
export function between(from: string | null, to: string | null): number {
  return Date.parse(to ?? '') - Date.parse(from ?? '');
}
