import { expectTypeOf, test } from 'vitest';
import type { Problem } from '../contract/problem.ts';
import { isVideoStorageError } from './is-video-storage-error.ts';

test('an unknown value narrows to the error of a code, without a cast', () => {
  const error: unknown = undefined;
  if (!isVideoStorageError(error)) return;
  if (error.code === 'VALIDATION_FAILED') expectTypeOf(error.problems).toEqualTypeOf<readonly Problem[]>();
  if (error.code === 'RATE_LIMITED') expectTypeOf(error.retryAfterMs).toEqualTypeOf<number>();
  // @ts-expect-error only some errors have problems
  expectTypeOf(error.problems).toBeUndefined();
});
