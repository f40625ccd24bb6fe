import { expect, test } from 'vitest';
import { isOwnPath, readTarget } from './request-target.ts';

const video = `${'0'.repeat(32)}-mp4`;
const file = `${'0'.repeat(32)}.10-${'f'.repeat(32)}`;
const host = 'https://a.example';
const targetOf = (path: string, basePath = '/media') => {
  const target = readTarget(`${host}${path}`, basePath);
  if (target === undefined) return undefined;
  return target.kind === 'video' ? target.videoId : target.file;
};

test.each([
  ['below the base path', '/media', `/media/videos/${video}`],
  ['with the base path taken off', '/media', `/videos/${video}`],
  ['without a base path', '', `/videos/${video}`],
  ['below a base path of the same name', '/videos', `/videos/videos/${video}`],
  ['with that one taken off', '/videos', `/videos/${video}`],
  ['with percent signs', '/media', `/media/videos/%30${video.slice(1)}`],
  ['with a query', '/media', `/media/videos/${video}?a=1`],
])('a video is found %s', (_name, basePath, path) => {
  expect(targetOf(path, basePath)).toBe(video);
});

test('an upload is the file that its path names, and the query is returned with it', () => {
  expect(targetOf(`/media/uploads/${file}`)).toEqual({ name: file, uploadId: '0'.repeat(32), sizeBytes: 10 });
  for (const path of [`/uploads/${file}`, `/videos/${video}`]) {
    expect(readTarget(`${host}${path}?token=a%20b`, '')?.query.get('token')).toBe('a b');
  }
});

test.each([
  ['a text that is no URL', 'no url'],
  ['the base path alone', `${host}/media`],
  ['another path below it', `${host}/media/other/${video}`],
  ['no id of a video', `${host}/media/videos/film.mp4`],
  ['no name of a sent file', `${host}/media/uploads/${video}`],
  ['a part more', `${host}/media/videos/${video}/a`],
  ['a path before', `${host}/other/videos/${video}`],
  ['a path of the same beginning', `${host}/mediathek/videos/${video}`],
  ['what was encoded twice', `${host}/media/videos/%2530${video.slice(1)}`],
  ['percent signs that are none', `${host}/media/videos/%zz`],
  ['201 characters', `${host}/media/videos/${'a'.repeat(201)}`],
])('%s leads nowhere', (_name, url) => {
  expect(readTarget(url, '/media')).toBeUndefined();
});

test.each([
  [true, `/media/videos/${video}`],
  [true, '/media/videos/unknown'],
  [true, '/media/uploads/unknown'],
  [true, `/videos/${video}`],
  [true, `/uploads/${file}`],
  [false, '/videos/unknown'],
  [false, '/uploads/'],
  [false, '/media/other/a'],
  [false, '/media/videos'],
  [false, '/other/media/videos/a'],
])('whether it is a path of this storage: %s for %s', (isOwn, path) => {
  expect(isOwnPath(`${host}${path}`, '/media')).toBe(isOwn);
});

test('a text that is not a URL is not a path of this storage', () => {
  expect(isOwnPath('no url', '')).toBe(false);
});
