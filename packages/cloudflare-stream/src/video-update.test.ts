import { describe, expect, test } from 'vitest';
import { readResult } from './envelope.ts';
import { videoDetailsSchema } from './video-details.ts';
import { parseAdoption, parseVideoChanges, toAdoptionUpdate, toVideoUpdate } from './video-update.ts';

const present = readResult(videoDetailsSchema, {
  uid: '6b9e68b07dfee8cc2d116e4c51d6a957',
  meta: { name: 'old.mp4', more: 1 },
});
const problemsOf = (parse: () => unknown): unknown => {
  try {
    return parse();
  } catch (error) {
    return Reflect.get(Object(error), 'problems');
  }
};

describe('changes', () => {
  test('are sent in the form of the API: `meta` as a whole, and only the requested changes', () => {
    expect(toVideoUpdate({}, present)).toEqual({});
    expect(toVideoUpdate({ fileName: 'new.mp4' }, present)).toEqual({ meta: { name: 'new.mp4', more: 1 } });
    expect(toVideoUpdate({ custom: { a: 'b' } }, present)).toEqual({
      meta: { name: 'old.mp4', more: 1, custom: '{"a":"b"}' },
    });
    const all = { requireSignedUrls: false, allowedHosts: [], scheduledDeletion: null, thumbnailTimestampPct: 0 };
    expect(toVideoUpdate(all, present)).toEqual({
      ...{ requireSignedURLs: false, allowedOrigins: [], scheduledDeletion: null, thumbnailTimestampPct: 0 },
    });
  });

  test.each([
    [{ thumbnailTimestampPct: 0 }, { thumbnailTimestampPct: 0 }],
    [{ thumbnailTimestampPct: 1 }, { thumbnailTimestampPct: 1 }],
    [{ scheduledDeletion: null }, { scheduledDeletion: null }],
    [{ fileName: ' a\u200E.mp4' }, { fileName: 'a.mp4' }],
    [{ custom: { a: 'x'.repeat(504) } }, { custom: { a: 'x'.repeat(504) } }],
  ])('%j are accepted', (changes, taken) => {
    expect(parseVideoChanges(changes)).toEqual(taken);
  });

  test.each([
    ['thumbnailTimestampPct', { thumbnailTimestampPct: 1.01 }],
    ['thumbnailTimestampPct', { thumbnailTimestampPct: -0.01 }],
    ['scheduledDeletion', { scheduledDeletion: 'tomorrow' }],
    ['requireSignedUrls', { requireSignedUrls: 'no' }],
    ['custom', { custom: { a: 'x'.repeat(505) } }],
    ['custom.a', { custom: { a: 'b\0' } }],
    ['custom.a', { custom: { a: '\uD800' } }],
    ['custom.A', { custom: { A: 'b' } }],
    ['custom.constructor', { custom: { constructor: 'b' } }],
    ['fileName', { fileName: '' }],
    ['', { filename: 'a.mp4' }],
  ])('of %s, %j, are refused', (path, changes) => {
    const problems = problemsOf(() => parseVideoChanges(Object(changes)));
    expect(problems).toEqual([expect.objectContaining({ path })]);
  });

  test('a refusal names each change that cannot be made, and why', () => {
    const changes = { thumbnailTimestampPct: 2, custom: 1 };
    const problems = problemsOf(() => parseVideoChanges(Object(changes)));
    expect(problems).toEqual([
      {
        ...{ path: 'custom', code: 'OPTION_INVALID' },
        message: 'The change of `custom` cannot be made: must be short texts by name.',
      },
      { path: 'thumbnailTimestampPct', code: 'OPTION_INVALID', message: expect.stringContaining('cannot be made: ') },
    ]);
  });
});

describe('an adoption', () => {
  test('names the user, and keeps the other members of `meta`', async () => {
    const open = { requireSignedUrls: false, allowedHosts: [] };
    expect(await toAdoptionUpdate({ userId: 'anna' }, present, open)).toEqual({ creator: 'anna', meta: present.meta });
    const whole = { userId: 'anna', contextId: 'lesson-1', fileName: 'new.mp4', custom: { a: 'b' } };
    expect(await toAdoptionUpdate(whole, present, open)).toEqual({
      creator: 'anna',
      meta: { name: 'new.mp4', more: 1, contextId: 'lesson-1', custom: '{"a":"b"}' },
    });
  });

  test('ids are brought into the form of getUploadUrl', () => {
    const given = { userId: 'e\u0301', contextId: 'e\u0301' };
    expect(parseAdoption(given)).toEqual({ userId: '\u00E9', contextId: '\u00E9' });
  });

  test.each([
    ['userId', {}],
    ['userId', { userId: '' }],
    ['contextId', { userId: 'anna', contextId: 'a\n' }],
    ['custom', { userId: 'anna', custom: [] }],
    ['fileName', { userId: 'anna', fileName: '..' }],
    ['', { userId: 'anna', user: 'anna' }],
  ])('without a proper %s is refused: %j', (path, adoption) => {
    const problems = problemsOf(() => parseAdoption(Object(adoption)));
    expect(problems).toEqual([expect.objectContaining({ path })]);
  });

  test('an id that is refused is explained', () => {
    const message =
      'The change of `userId` cannot be made: must be 1 to 128 bytes of UTF-8 without control characters.';
    expect(problemsOf(() => parseAdoption({ userId: 'a\n' }))).toEqual([expect.objectContaining({ message })]);
  });
});
