import { describe, expect, test } from 'vitest';
import { MEDIA_TYPES, PLAYABLE_MIME_TYPES } from './media-type-table.ts';
import { Validator } from './validator.ts';
import type { ValidatorOptions } from './validator-options.ts';

test('defaults: 5 GB, ten hours, what browsers play, no rules', () => {
  const validator = new Validator();
  expect(validator).toMatchObject({ maxSizeBytes: 5_000_000_000, maxDurationSeconds: 36_000, rules: [] });
  expect(validator.mimeTypes).toEqual([
    ...['video/mp4', 'video/quicktime', 'video/3gpp', 'video/3gpp2', 'video/webm', 'video/matroska'],
  ]);
  expect(validator.defaultMaxDurationSeconds).toBeUndefined();
  expect(new Validator({ maxSizeBytes: undefined, mimeTypes: undefined, rules: undefined })).toEqual(validator);
});

test('types by any of their names, each once', () => {
  const { mimeTypes } = new Validator({
    mimeTypes: ['video/x-matroska', 'VIDEO/MP4', 'video/matroska', 'video/x-m4v'],
  });
  expect(mimeTypes).toEqual(['video/matroska', 'video/mp4']);
});

test('later changes to the passed array have no effect', () => {
  const rules = [() => []];
  const validator = new Validator({ rules });
  rules.push(() => []);
  expect(validator.rules).toHaveLength(1);
});

test.each(['video/x-msvideo', 'video/x-ms-wmv', 'video/x-flv', 'video/mpeg', 'application/mxf', 'video/ogg'])(
  '%s is known, refused before the upload by default, and accepted when the host app’s options list it',
  (mimeType) => {
    expect(PLAYABLE_MIME_TYPES).not.toContain(mimeType);
    expect(new Validator().validateMimeType(mimeType, 'a')).toMatchObject([{ code: 'TYPE_NOT_ALLOWED' }]);
    const everything = new Validator({ mimeTypes: MEDIA_TYPES.map((type) => type.mimeType) });
    expect(everything.validateMimeType(mimeType, 'a')).toEqual([]);
  },
);

describe('wrong options are refused at construction, with how to fix them', () => {
  test.each<[string, unknown, string]>([
    ['size 0', { maxSizeBytes: 0 }, 'Validator: `maxSizeBytes` must be a whole number of bytes from 1'],
    ['size NaN', { maxSizeBytes: Number.NaN }, '`maxSizeBytes` must be'],
    ['size Infinity', { maxSizeBytes: Number.POSITIVE_INFINITY }, '`maxSizeBytes` must be'],
    ['size as text', { maxSizeBytes: '5 GB' }, '`maxSizeBytes` must be'],
    ['size null', { maxSizeBytes: null }, '`maxSizeBytes` must be'],
    [
      'duration fractional',
      { maxDurationSeconds: 1.5 },
      '`maxDurationSeconds` must be a whole number of seconds from 1',
    ],
    ['duration negative', { maxDurationSeconds: -1 }, '`maxDurationSeconds` must be'],
    ['no types', { mimeTypes: [] }, 'leave it out to accept what browsers play'],
    ['types as text', { mimeTypes: 'video/mp4' }, '`mimeTypes` must be a list'],
    [
      'unknown type',
      { mimeTypes: ['video/mp4', 'image/png'] },
      '`mimeTypes.1` is not a known video type; choose from video/mp4',
    ],
    ['wildcard', { mimeTypes: ['video/*'] }, '`mimeTypes.0` is not a known video type'],
    ['type without a name', { mimeTypes: [7] }, '`mimeTypes.0` is not'],
    ['one rule', { rules: () => [] }, '`rules` must be a list of functions'],
    ['rules that are not functions', { rules: ['no'] }, '`rules` must be a list of functions'],
    ['a misspelt option', { maxSize: 5 }, '`maxSize` is not an option; do you mean `maxSizeBytes`?'],
    ['null', null, 'Validator: Pass its options as an object.'],
  ])('%s', (_name, options, sentence) => {
    const construct = () => new Validator(options as ValidatorOptions);
    expect(construct).toThrow(sentence);
    expect(construct).toThrow(expect.objectContaining({ code: 'MISCONFIGURED' }));
  });
});
