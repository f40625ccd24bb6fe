import { Secret } from '@videostorage/core';
import { expect, test } from 'vitest';
import { nameSentFile, parseSentFile } from './sent-file.ts';

const uploadId = '0123456789abcdef'.repeat(2);
const upload = { uploadId, videoId: `${uploadId}-mp4`, userId: 'anna', sizeBytes: 1234 };
const secret = (text: string) => [new Secret(text.repeat(32))];
const name = nameSentFile(upload, secret('a'));

test('a name contains upload and size, and can be parsed', () => {
  expect(parseSentFile(name)).toEqual({ name, uploadId, sizeBytes: 1234 });
});

test('the owner’s part differs with user, video, size and secret, and is the same for the same', () => {
  const others = [{ userId: 'bert' }, { videoId: `${uploadId}-webm` }, { sizeBytes: 1235 }];
  const names = [
    name,
    ...others.map((changes) => nameSentFile({ ...upload, ...changes }, secret('a'))),
    nameSentFile(upload, secret('b')),
  ];
  expect(new Set(names.map((each) => each.split('-')[1])).size).toBe(5);
  expect(nameSentFile(upload, secret('a'))).toBe(name);
});

test.each([
  ['something behind it', `${name}0`],
  ['a path behind it', `${name}/../x`],
  ['the name of a lock', `${name}.lock`],
  ['something before it', `x${name}`],
  ['no owner', `${uploadId}.1234`],
  ['no size', name.replace('.1234-', '.-')],
  ['a size of 17 digits', name.replace('.1234-', `.${'1'.repeat(17)}-`)],
  ['capital letters', name.toUpperCase()],
  ['a snapshot', `${uploadId}.${'f'.repeat(32)}`],
])('a name with %s is not one of a sent file', (_, other) => {
  expect(parseSentFile(other)).toBeUndefined();
});
