import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { validateDuration } from './duration.ts';
import { validateFileSize } from './file-size.ts';

test.each([
  [6_123_456_789, 5_000_000_000, 'The file is 6.1 GB; at most 5 GB are allowed.'],
  [5_000_000_001, 5_000_000_000, 'The file is 5,000,000,001 bytes; at most 5,000,000,000 bytes are allowed.'],
  [5_010_000_000, 5_000_000_000, 'The file is 5.01 GB; at most 5 GB are allowed.'],
  [5 * 2 ** 30 + 1, 5 * 2 ** 30, 'The file is 5,368,709,121 bytes; at most 5,368,709,120 bytes are allowed.'],
  [1_200_000_000, 900_000_000, 'The file is 1.2 GB; at most 900 MB are allowed.'],
  [1000, 999, 'The file is 1 KB; at most 999 bytes are allowed.'],
  [2, 1, 'The file is 2 bytes; at most 1 byte are allowed.'],
  [2 ** 53, 10 ** 15, 'The file is 9 PB; at most 1 PB are allowed.'],
])('%d of at most %d bytes', (sizeBytes, maxBytes, message) => {
  expect(validateFileSize('sizeBytes', sizeBytes, maxBytes)).toEqual({
    value: sizeBytes,
    problems: [{ path: 'sizeBytes', code: 'FILE_TOO_LARGE', message }],
  });
});

test('a file is refused exactly when it is above the limit, and the message never shows the same size twice', () => {
  const bytes = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });
  const nearby = fc
    .tuple(bytes, fc.integer({ min: -3, max: 3 }))
    .map(([limit, by]) => [Math.max(1, limit + by), limit] as const);
  fc.assert(
    fc.property(fc.oneof(fc.tuple(bytes, bytes), nearby), ([size, limit]) => {
      const { problems } = validateFileSize('sizeBytes', size, limit);
      expect(problems.length).toBe(size > limit ? 1 : 0);
      const [, said, allowed] = /^The file is (.+); at most (.+) are allowed\.$/.exec(problems[0]?.message ?? '') ?? [];
      if (size > limit) expect(said).not.toBe(allowed);
    }),
  );
});

test.each([
  [7201, 7200, 'A video may be at most 2 hours long, not 7201 seconds.'],
  [5460, 3600, 'A video may be at most 1 hour long, not 91 minutes.'],
  [61, 60, 'A video may be at most 1 minute long, not 61 seconds.'],
])('%d of at most %d seconds', (seconds, maxSeconds, message) => {
  expect(validateDuration('maxDurationSeconds', seconds, maxSeconds).problems).toEqual([
    { path: 'maxDurationSeconds', code: 'DURATION_INVALID', message },
  ]);
});

test('a longest duration is a whole number of seconds from 1', () => {
  expect(validateDuration('maxDurationSeconds', 60, 60)).toEqual({ value: 60, problems: [] });
  for (const value of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, '60', null, undefined, [60], 60n]) {
    expect(validateDuration('maxDurationSeconds', value, 60).problems).toMatchObject([{ code: 'DURATION_INVALID' }]);
  }
});
