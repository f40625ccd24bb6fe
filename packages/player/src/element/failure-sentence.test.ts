import {
  AccessError,
  BackendError,
  ConflictError,
  RateLimitedError,
  UploadExpiredError,
  ValidationError,
  VideoNotFoundError,
} from '@videostorage/core';
import { expect, test } from 'vitest';
import { failureSentence } from './failure-sentence.ts';
import { ENGLISH_TEXTS } from './player-texts.ts';

const problem = (path: string) => new ValidationError([{ path, code: 'OPTION_INVALID', message: 'no' }]);

test.each([
  [new VideoNotFoundError(), ENGLISH_TEXTS.notFound],
  [new UploadExpiredError(), ENGLISH_TEXTS.notFound],
  [new AccessError('UNAUTHENTICATED'), ENGLISH_TEXTS.signedOut],
  [new AccessError('ACCESS_DENIED'), ENGLISH_TEXTS.denied],
  [new ConflictError('It is being processed.'), ENGLISH_TEXTS.processing],
  [problem('videoId'), ENGLISH_TEXTS.notFound],
  [problem('kind'), ENGLISH_TEXTS.unplayable],
  [new BackendError('BACKEND_UNAVAILABLE', 'internal: 10.0.0.1'), ENGLISH_TEXTS.unavailable],
  [new RateLimitedError({ scope: 'user', limit: 1, retryAfterMs: 1 }), ENGLISH_TEXTS.unavailable],
  [new Error('of the page'), ENGLISH_TEXTS.unavailable],
  [undefined, ENGLISH_TEXTS.unavailable],
])('%s is explained in the element’s own words', (error, sentence) => {
  expect(failureSentence(error, ENGLISH_TEXTS)).toBe(sentence);
  expect(failureSentence(error, { ...ENGLISH_TEXTS, unavailable: 'Weg.' })).toBe(
    sentence === ENGLISH_TEXTS.unavailable ? 'Weg.' : sentence,
  );
});
