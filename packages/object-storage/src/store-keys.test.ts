import { expect, test } from 'vitest';
import {
  claimKey,
  deletionKey,
  isDeletionKey,
  recordKey,
  sourceKey,
  uploadIdOfKey,
  uploadKey,
  videoKey,
  videoPrefix,
} from './store-keys.ts';

const id = '0123456789abcdef0123456789abcdef';
const other = 'f'.repeat(32);

test('keys are those of the design', () => {
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

test('a key says its upload, and nothing else does', () => {
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

test('a completed deletion is distinguished from a claim', () => {
  expect(isDeletionKey(deletionKey(id, other))).toBe(true);
  const foreign = [claimKey(id), sourceKey(id, other), `x${deletionKey(id, other)}`, `${deletionKey(id, other)}x`];
  for (const key of foreign) expect(isDeletionKey(key)).toBe(false);
});

test.each(['', 'foreign', `${id}-exe`, `../${id}-mp4`])('%j has no place among the videos', (videoId) => {
  expect(() => videoPrefix(videoId)).toThrow(expect.objectContaining({ code: 'VIDEO_NOT_FOUND' }));
  expect(() => videoKey(videoId)).toThrow(expect.objectContaining({ code: 'VIDEO_NOT_FOUND' }));
});
