import { join } from 'node:path';
import { expect, test } from 'vitest';
import { StoreFolders } from './store-folders.ts';

const folders = new StoreFolders('/var/videos');
const id = '0123456789abcdef'.repeat(2);

test('a key is a path below the folder', () => {
  expect(folders.path(`records/${id}.json`)).toBe(join('/var/videos', 'records', `${id}.json`));
  expect(folders.path(`videos/${id}/hls/`)).toBe(join('/var/videos', 'videos', id, 'hls'));
  expect(folders.path(`videos/${'a'.repeat(200)}`)).toBe(join('/var/videos', 'videos', 'a'.repeat(200)));
});

test('a relative folder is resolved against the working directory once, also when the process changes it later', () => {
  expect(new StoreFolders('videos').records).toBe(join(process.cwd(), 'videos', 'records'));
  expect(new StoreFolders('videos').path('claims/a')).toBe(join(process.cwd(), 'videos', 'claims', 'a'));
});

test.each([
  ['..', 'videos/../records/x'],
  ['. alone', 'videos/.'],
  ['a hidden file', 'videos/.ssh'],
  ['an empty part', 'videos//x'],
  ['a root', '/etc/passwd'],
  ['a backslash in it', 'videos/a\\..\\x'],
  ['a colon, of a stream or drive', 'videos/a:b'],
  ['a line break at its end', 'videos/a\n'],
  ['a zero byte', 'videos/a\u0000.mp4'],
  ['a space', 'videos/a b'],
  ['a percent sign', 'videos/%2e%2e'],
  ['a part of 201 characters', `videos/${'a'.repeat(201)}`],
  ['nothing', ''],
])('a key with %s is refused', (_, key) => {
  expect(() => folders.path(key)).toThrow(RangeError);
});

test('a key that was found on the disk may have any names, and must still be below the folder', () => {
  for (const name of ['.DS_Store', 'my film (2).mp4', 'Фильм.m3u8', '..a', 'a'.repeat(250)]) {
    expect(folders.found(`videos/${id}/${name}`)).toBe(join('/var/videos', 'videos', id, name));
  }
  for (const key of ['videos/../records/x', '../x', 'videos/..', 'videos/.', 'videos//x', '/etc/passwd', 'a\0', '']) {
    expect(() => folders.found(key)).toThrow(RangeError);
  }
});

test('a draft is named after its upload, below uploads/, and differs each time', () => {
  for (const key of [
    `records/${id}.json`,
    `claims/${id}`,
    `uploads/${id}.${'f'.repeat(32)}`,
    `videos/${id}/source.mp4`,
  ]) {
    const drafts = [folders.draft(key), folders.draft(key)];
    for (const draft of drafts) {
      expect(draft.startsWith(join('/var/videos', 'uploads', `${id}.draft-`))).toBe(true);
      expect(draft.slice(-17)).toMatch(/^-[0-9a-f]{16}$/);
    }
    expect(drafts[0]).not.toBe(drafts[1]);
  }
  for (const key of ['records/short.json', 'notes', `records/x${id}.json`]) {
    expect(() => folders.draft(key)).toThrow(RangeError);
  }
});
