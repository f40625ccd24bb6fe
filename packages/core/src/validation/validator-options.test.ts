import { describe, expect, test } from 'vitest';
import { MEDIA_TYPES } from './media-type-table.ts';
import { Validator } from './validator.ts';
import type { ValidatorOptions } from './validator-options.ts';

test('defaults: 5 GB, ten hours, every type of the table, no rules', () => {
  const validator = new Validator();
  expect(validator).toMatchObject({ maxSizeBytes: 5_000_000_000, maxDurationSeconds: 36_000, rules: [] });
  expect(validator.mimeTypes).toEqual(MEDIA_TYPES.map((type) => type.mimeType));
  expect(validator.defaultMaxDurationSeconds).toBeUndefined();
  expect(new Validator({ maxSizeBytes: undefined, mimeTypes: undefined, rules: undefined })).toEqual(validator);
});

test('types by any of their names, each once', () => {
  const { mimeTypes } = new Validator({
    mimeTypes: ['video/x-matroska', 'VIDEO/MP4', 'video/matroska', 'video/x-m4v'],
  });
  expect(mimeTypes).toEqual(['video/matroska', 'video/mp4']);
});

test('later changes of the array that was handed in change nothing', () => {
  const rules = [() => []];
  const validator = new Validator({ rules });
  rules.push(() => []);
  expect(validator.rules).toHaveLength(1);
});

describe('wrong options are refused at construction, with the sentence that repairs them', () => {
  test.each<[string, unknown, string]>([
    ['size 0', { maxSizeBytes: 0 }, 'Set maxSizeBytes to a whole number of bytes from 1'],
    ['size NaN', { maxSizeBytes: Number.NaN }, 'Set maxSizeBytes'],
    ['size Infinity', { maxSizeBytes: Number.POSITIVE_INFINITY }, 'Set maxSizeBytes'],
    ['size as text', { maxSizeBytes: '5 GB' }, 'Set maxSizeBytes'],
    ['size null', { maxSizeBytes: null }, 'Set maxSizeBytes'],
    ['duration fractional', { maxDurationSeconds: 1.5 }, 'Set maxDurationSeconds to a whole number of seconds from 1'],
    ['duration negative', { maxDurationSeconds: -1 }, 'Set maxDurationSeconds'],
    ['no types', { mimeTypes: [] }, 'leave it out to accept every known one'],
    ['types as text', { mimeTypes: 'video/mp4' }, 'Set mimeTypes to an array'],
    [
      'unknown type',
      { mimeTypes: ['video/mp4', 'image/png'] },
      'mimeTypes contains "image/png", which is no known video type',
    ],
    ['wildcard', { mimeTypes: ['video/*'] }, 'or leave mimeTypes out to accept all of them'],
    ['type of no kind', { mimeTypes: [7] }, 'mimeTypes contains 7'],
    ['one rule', { rules: () => [] }, 'Set rules to an array of functions'],
    ['rules that are none', { rules: ['no'] }, 'Set rules to an array of functions'],
    ['a misspelt option', { maxSize: 5 }, 'no option "maxSize"; its options are maxSizeBytes, mimeTypes'],
    ['null', null, 'Pass the validator options as an object'],
  ])('%s', (_name, options, sentence) => {
    const construct = () => new Validator(options as ValidatorOptions);
    expect(construct).toThrow(sentence);
    expect(construct).toThrow(expect.objectContaining({ code: 'MISCONFIGURED' }));
  });
});
