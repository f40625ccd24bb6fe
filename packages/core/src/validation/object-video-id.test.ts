import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { HOSTILE_TEXT } from '../../test-support/hostile-text.ts';
import { MEDIA_TYPES } from './media-type-table.ts';
import { isVideoId, objectVideoId, parseObjectVideoId } from './object-video-id.ts';
import { isRandomId, randomId } from './random-id.ts';
import { validateUploadId } from './upload-id.ts';

const UPLOAD_ID = '0123456789abcdef0123456789abcdef';
const hex = fc.stringMatching(/^[0-9a-f]{32}$/);

test('an id contains its upload id, extension and type, for every type of the table', () => {
  fc.assert(
    fc.property(hex, fc.constantFrom(...MEDIA_TYPES), (uploadId, { mimeType, aliases, extensions }) => {
      const videoId = objectVideoId(uploadId, mimeType);
      expect(videoId).toBe(`${uploadId}-${extensions[0]}`);
      expect(parseObjectVideoId(videoId)).toEqual({ uploadId, extension: extensions[0], mimeType });
      expect(isVideoId(videoId)).toBe(true);
      for (const alias of aliases) expect(objectVideoId(uploadId, alias)).toBe(videoId);
    }),
  );
});

test('T-F2: everything else is undefined, and nothing throws', () => {
  const others: unknown[] = [
    ...Object.values(HOSTILE_TEXT),
    UPLOAD_ID,
    `${UPLOAD_ID}-`,
    `${UPLOAD_ID}-exe`,
    `${UPLOAD_ID}-m4v`,
    `${UPLOAD_ID}-MP4`,
    `${UPLOAD_ID.toUpperCase()}-mp4`,
    `${UPLOAD_ID}-mp4\n`,
    `x${UPLOAD_ID}-mp4`,
    `${UPLOAD_ID}-mp4/../x`,
    `${UPLOAD_ID}.mp4`,
    `${UPLOAD_ID}%2dmp4`,
    undefined,
    null,
    7,
    [`${UPLOAD_ID}-mp4`],
    { toString: () => `${UPLOAD_ID}-mp4` },
  ];
  for (const other of others) expect(parseObjectVideoId(other)).toBeUndefined();
  fc.assert(
    fc.property(fc.anything(), (value) => {
      expect(parseObjectVideoId(value)).toBeUndefined();
    }),
  );
});

test('isVideoId: 1–64 of A–Z, a–z, 0–9, "_" and "-"', () => {
  expect(['a', 'A_b-9', 'x'.repeat(64)].every(isVideoId)).toBe(true);
  const others = [
    '',
    'x'.repeat(65),
    'a.b',
    'a/b',
    '..',
    'a\n',
    'é',
    '%2e',
    '%252e%252e%252f',
    '..%5c',
    '%',
    '%00',
    1,
    null,
    ['a'],
  ];
  expect(others.filter(isVideoId)).toEqual([]);
});

test('invalid parts are refused, both at once', () => {
  expect(() => objectVideoId('../x', 'text/html')).toThrow(
    expect.objectContaining({
      code: 'VALIDATION_FAILED',
      problems: [
        expect.objectContaining({ path: 'uploadId', code: 'ID_INVALID' }),
        expect.objectContaining({ path: 'mimeType', code: 'TYPE_NOT_ALLOWED' }),
      ],
    }),
  );
  // A valid part is not reported beside an invalid one.
  const wrongOnly = (path: string) => expect.objectContaining({ problems: [expect.objectContaining({ path })] });
  expect(() => objectVideoId(UPLOAD_ID, 'application/octet-stream')).toThrow('not a known video type');
  expect(() => objectVideoId(UPLOAD_ID, 'application/octet-stream')).toThrow(wrongOnly('mimeType'));
  expect(() => objectVideoId('../x', 'video/mp4')).toThrow(wrongOnly('uploadId'));
});

test('upload ids: 32 hexadecimal digits, canonical in lower case', () => {
  expect(isRandomId(randomId())).toBe(true);
  expect(randomId()).not.toBe(randomId());
  expect(isRandomId(UPLOAD_ID)).toBe(true);
  expect(isRandomId(UPLOAD_ID.toUpperCase())).toBe(false);
  expect(validateUploadId('uploadId', UPLOAD_ID.toUpperCase())).toEqual({ value: UPLOAD_ID, problems: [] });
  for (const value of [
    '',
    `${UPLOAD_ID}0`,
    UPLOAD_ID.slice(1),
    `${UPLOAD_ID}\n`,
    'g'.repeat(32),
    null,
    0,
    [UPLOAD_ID],
  ]) {
    expect(validateUploadId('uploadId', value).problems).toMatchObject([{ path: 'uploadId', code: 'ID_INVALID' }]);
  }
});
