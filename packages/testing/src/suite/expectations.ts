import assert from 'node:assert/strict';
import {
  type AnyVideoStorageError,
  type ErrorCode,
  isVideoStorageError,
  type ValidationError,
} from '@videostorage/core';

/** The codes with which a call may report an outage. */
export const outageCodes: readonly ErrorCode[] = [
  'BACKEND_UNAVAILABLE',
  'BACKEND_THROTTLED',
  'BACKEND_BAD_RESPONSE',
  'TIMEOUT',
];

/** The call must throw an error of the library with one of these codes, whose JSON is safe to send to a browser. */
export async function refuses(call: Promise<unknown>, ...codes: readonly ErrorCode[]): Promise<AnyVideoStorageError> {
  const error = await thrownBy(call);
  assert.ok(
    isVideoStorageError(error),
    `the call must throw an error of the library, but threw ${describeValue(error)}`,
  );
  assert.ok(
    codes.includes(error.code),
    `the call must throw ${codes.join(' or ')}, but threw ${error.code}: ${error.message}`,
  );
  const json = JSON.parse(JSON.stringify(error)) as Record<string, unknown>;
  const allowed = ['code', 'message', 'retryable', 'retryAfterMs', 'problems'];
  assert.deepEqual(
    Object.keys(json).filter((key) => !allowed.includes(key)),
    [],
    'the JSON of an error has members that a browser must not see',
  );
  assert.equal(json['code'], error.code);
  return error;
}

/** The call must be refused as invalid. Returns its problems, each with the path of the wrong value. */
export async function findsProblems(call: Promise<unknown>): Promise<ValidationError['problems']> {
  const error = await refuses(call, 'VALIDATION_FAILED');
  assert.ok(error.code === 'VALIDATION_FAILED');
  return error.problems;
}

/** The call must throw exactly this reason. */
export async function endsWith(call: Promise<unknown>, reason: unknown): Promise<void> {
  assert.equal(await thrownBy(call), reason, 'the caller’s own reason must be thrown unchanged');
}

/** The value must survive `JSON.parse(JSON.stringify(value))`. */
export function survivesJson(value: unknown): void {
  assert.deepEqual(JSON.parse(JSON.stringify(value)), value, 'an answer must survive JSON');
}

/** The value must be a timestamp: ISO 8601, UTC, with milliseconds. */
export function isTimestamp(name: string, value: string): void {
  const epochMs = Date.parse(value);
  assert.ok(
    Number.isFinite(epochMs) && new Date(epochMs).toISOString() === value,
    `${name} is "${value}", which is not a timestamp`,
  );
}

/** Both must be the same bytes; the message does not print them. */
export function sameBytes(actual: Uint8Array, expected: Uint8Array): void {
  assert.ok(
    Buffer.from(actual).equals(expected),
    `${actual.length} bytes were delivered, but not the ${expected.length} of the file`,
  );
}

/** Returns what the call throws; it must throw. */
async function thrownBy(call: Promise<unknown>): Promise<unknown> {
  const outcome = await call.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  if ('error' in outcome) return outcome.error;
  return assert.fail(`the call must be refused, but returned ${describeValue(outcome.value)}`);
}

function describeValue(value: unknown): string {
  return value instanceof Error ? `${value.name}: ${value.message}` : String(JSON.stringify(value)).slice(0, 200);
}
