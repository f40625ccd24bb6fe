import {
  AccessError,
  BackendError,
  ContentMismatchError,
  ContentUnverifiableError,
  QuotaExceededError,
  RateLimitedError,
  UploadExpiredError,
  ValidationError,
  VideoNotFoundError,
} from '@videostorage/core';
import { describe, expect, test } from 'vitest';
import { ENGLISH_TEXTS, textsWith } from './english-texts.ts';
import { failureSentence, mayTryAgain } from './failure-sentence.ts';

const words = { fileName: 'film.mp4', sizeBytes: 8, types: ['MP4', 'WebM'] };
const say = (error: unknown, own: Partial<typeof words> = {}) =>
  failureSentence(error, { ...words, ...own }, ENGLISH_TEXTS);
const problem = (code: 'FILE_EMPTY' | 'TYPE_NOT_ALLOWED' | 'FILE_TOO_LARGE' | 'FILE_NAME_INVALID' | 'RULE') =>
  new ValidationError([{ path: 'sizeBytes', code, message: 'The reason.' }]);
const NO_ANSWER = '“film.mp4” could not be uploaded, because the server did not answer correctly. Please try again.';

test.each<readonly [unknown, string]>([
  [problem('FILE_EMPTY'), '“film.mp4” is empty.'],
  [problem('TYPE_NOT_ALLOWED'), '“film.mp4” is not a video that is accepted here. Please choose MP4 or WebM.'],
  [problem('FILE_TOO_LARGE'), '“film.mp4” is too large: The reason.'],
  [problem('FILE_NAME_INVALID'), '“film.mp4” has a name that cannot be used: The reason.'],
  [problem('RULE'), '“film.mp4” was not uploaded: The reason.'],
  [new ValidationError([]), `“film.mp4” was not uploaded: ${new ValidationError([]).message}`],
  [new ContentMismatchError({ code: 'NOT_A_VIDEO', message: 'x' }), 'What is in “film.mp4” is not a video.'],
  [
    new ContentMismatchError({ code: 'DURATION_EXCEEDED', message: 'It is long.' }),
    '“film.mp4” is too long: It is long.',
  ],
  [new ContentMismatchError({ code: 'UNKNOWN', message: 'It differs.' }), '“film.mp4” was refused: It differs.'],
  [
    new ContentUnverifiableError(),
    'What is in “film.mp4” could not be determined. Please save it in another format, such as MP4.',
  ],
  [new UploadExpiredError(), 'The time for the upload of “film.mp4” is over. Please try again.'],
  [new VideoNotFoundError(), 'The upload of “film.mp4” is no longer known. Please try again.'],
  [new AccessError('UNAUTHENTICATED'), 'You are not signed in. Please sign in, then try “film.mp4” again.'],
  [new AccessError('ACCESS_DENIED'), 'You may not upload “film.mp4” here.'],
  [new QuotaExceededError('user'), 'There is no space left for “film.mp4”. Please delete something first.'],
  [
    new RateLimitedError({ scope: 'user', limit: 1, windowSeconds: 60, retryAfterMs: 90_001 }),
    '“film.mp4” has to wait: too many uploads in a short time. Please try again in 2 min.',
  ],
  [
    new BackendError('BACKEND_FULL', 'x'),
    'No more videos can be accepted at the moment. Please try “film.mp4” again later.',
  ],
  [new BackendError('BACKEND_UNAVAILABLE', 'x'), NO_ANSWER],
  [new BackendError('BACKEND_THROTTLED', 'x'), NO_ANSWER],
  [new BackendError('BACKEND_BAD_RESPONSE', 'x'), NO_ANSWER],
  [new BackendError('BACKEND_REFUSED', 'It is refused.'), '“film.mp4” was not uploaded: It is refused.'],
  [new Error('A bug.'), '“film.mp4” was not uploaded: A bug.'],
  ['a text', '“film.mp4” was not uploaded: a text'],
])('%s reads as “%s”', (error, sentence) => {
  expect(say(error)).toBe(sentence);
});

test('without known types another file is suggested; of many, four are named', () => {
  expect(say(problem('TYPE_NOT_ALLOWED'), { types: [] })).toMatch(/Please choose another file\.$/);
  expect(say(problem('TYPE_NOT_ALLOWED'), { types: ['MP4'] })).toMatch(/Please choose MP4\.$/);
  expect(say(problem('TYPE_NOT_ALLOWED'), { types: ['A', 'B', 'C', 'D'] })).toMatch(/Please choose A, B, C or D\.$/);
  expect(say(problem('TYPE_NOT_ALLOWED'), { types: ['A', 'B', 'C', 'D', 'E'] })).toMatch(
    /Please choose A, B, C, D or others\.$/,
  );
});

test('several problems are several sentences', () => {
  const error = new ValidationError([
    { path: 'sizeBytes', code: 'FILE_EMPTY', message: 'x' },
    { path: 'fileName', code: 'FILE_NAME_INVALID', message: 'Too long.' },
  ]);
  expect(say(error)).toBe('“film.mp4” is empty. “film.mp4” has a name that cannot be used: Too long.');
});

test('a rate limit without a time reads “later”, and a code that is a name of `Object.prototype` gets no inherited value', () => {
  expect(ENGLISH_TEXTS.failures['RATE_LIMITED']?.({ ...words, message: '' })).toMatch(/try again later\.$/);
  const texts = textsWith({ failures: { toString: () => 'never' } });
  expect(failureSentence(new Error('x'), words, texts)).toBe('“film.mp4” was not uploaded: x');
});

test('a page’s own text for a problem, otherwise for its error, is used', () => {
  const texts = textsWith({ failures: { RULE: ({ message }) => `Rule: ${message}` } });
  expect(failureSentence(problem('RULE'), words, texts)).toBe('Rule: The reason.');
  const whole = textsWith({ failures: { VALIDATION_FAILED: ({ message }) => `Invalid: ${message}` } });
  expect(failureSentence(problem('RULE'), words, whole)).toBe('Invalid: The reason.');
});

describe('another attempt is', () => {
  test.each([
    problem('FILE_EMPTY'),
    new ContentMismatchError({ code: 'NOT_A_VIDEO', message: 'x' }),
    new ContentUnverifiableError(),
    new AccessError('ACCESS_DENIED'),
  ])('not offered after %s', (error) => {
    expect(mayTryAgain(error)).toBe(false);
  });

  test.each([
    new AccessError('UNAUTHENTICATED'),
    new BackendError('BACKEND_REFUSED', 'x'),
    new UploadExpiredError(),
    new Error('x'),
    undefined,
  ])('offered after %s', (error) => {
    expect(mayTryAgain(error)).toBe(true);
  });
});
