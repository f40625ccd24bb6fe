import { expect, test } from 'vitest';
import {
  claimKey,
  deletionKey,
  deletionOfKey,
  recordKey,
  sourceKey,
  uploadIdOfKey,
  uploadKey,
  videoKey,
  videoPrefix,
} from './store-keys.ts';

const id = '0123456789abcdef0123456789abcdef';
const other = 'f'.repeat(32);

test('keys have the documented form', () => {
  const keys = [claimKey(id), deletionKey(id, other), recordKey(id), uploadKey(id), sourceKey(id, other)];
  const expected = [
    `claims/${id}`,
    `claims/${id}.${other}`,
    `records/${id}.json`,
    `uploads/${id}`,
    `uploads/${id}.${other}`,
  ];
  expect(keys).toEqual(expected);
  expect([videoPrefix(`${id}-webm`), videoKey(`${id}-webm`)]).toEqual([`videos/${id}/`, `videos/${id}/source.webm`]);
});

test('the upload id is read from our own keys only', () => {
  for (const key of [claimKey(id), recordKey(id), uploadKey(id), sourceKey(id, other), `${uploadKey(id)}.json`]) {
    expect(uploadIdOfKey(key)).toBe(id);
  }
  const foreign = [
    '',
    id,
    `videos/${id}/source.mp4`,
    `records/${id}`,
    `records/${id}.json.bak`,
    `claims/${id}x`,
    `claims/${id}.${other}`,
  ];
  const odd = [
    `uploads/${id}x`,
    `x/uploads/${id}`,
    `xclaims/${id}`,
    `xrecords/${id}.json`,
    `uploads/${id.toUpperCase()}`,
  ];
  for (const key of [...foreign, ...odd]) expect(uploadIdOfKey(key)).toBeUndefined();
});

test('upload id and purge id are read from the key of a completed deletion only', () => {
  expect(deletionOfKey(deletionKey(id, other))).toEqual({ uploadId: id, purgeId: other });
  const foreign = [claimKey(id), sourceKey(id, other), `x${deletionKey(id, other)}`, `${deletionKey(id, other)}x`];
  for (const key of foreign) expect(deletionOfKey(key)).toBeUndefined();
});

test.each(['', 'foreign', `${id}-exe`, `../${id}-mp4`])('%j has no key among the videos', (videoId) => {
  expect(() => videoPrefix(videoId)).toThrow(expect.objectContaining({ code: 'VIDEO_NOT_FOUND' }));
  expect(() => videoKey(videoId)).toThrow(expect.objectContaining({ code: 'VIDEO_NOT_FOUND' }));
});
