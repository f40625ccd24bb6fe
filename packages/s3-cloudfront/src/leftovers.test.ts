import { expect, test } from 'vitest';
import { ScriptedS3 } from '../test-support/scripted-s3.ts';
import { listLeftovers } from './leftovers.ts';
import { ObjectKeys } from './object-key.ts';

const { signal } = new AbortController();
const id = '0123456789abcdef0123456789abcdef';
const keys = new ObjectKeys('school/');
const key = `school/videos/${id}/source.mp4`;

test('of uploads in parts, only those of originals are left over: an encoder may be at work on renditions', async () => {
  const s3 = new ScriptedS3();
  const foreign = ['hls/s0.ts', 'source.mp4.tmp', 'source.', 'hls/source.mp4', 'source.ninechars'];
  const all = [key, ...foreign.map((name) => `school/videos/${id}/${name}`), `school/videos/${id}x/source.mp4`];
  s3.uploads = [{ items: all.map((one) => ({ key: one, s3UploadId: 'u', beganAtMs: 5 })) }];
  expect(await listLeftovers(s3, keys, { cursor: 'parts ', limit: 100 }, signal)).toEqual({
    leftovers: [{ id: `videos/${id}/source.mp4?uploadId=u`, uploadId: id, modifiedAtMs: 5 }],
  });
});

test('the pages of uploads in parts follow one another by key and upload id, to the last one', async () => {
  const s3 = new ScriptedS3();
  const next = { key, id: 'u/1+2=' };
  s3.uploads = [{ items: [{ key, s3UploadId: 'u/1+2=', beganAtMs: 5 }], next }, { items: [] }];
  const first = await listLeftovers(s3, keys, { cursor: 'parts ', limit: 1 }, signal);
  expect(first.cursor).toBeDefined();
  const second = await listLeftovers(s3, keys, { cursor: first.cursor, limit: 1 }, signal);
  expect(second).toEqual({ leftovers: [] });
  expect(s3.markers).toEqual([undefined, next]);
});

test('a page may end at a foreign key, with spaces or similar to ours: the next page follows it', async () => {
  const s3 = new ScriptedS3();
  const ours = `school/uploads/${id}`;
  s3.objects = [ours, 'school/uploads/my film 1.mp4', 'school/uploads/my film 2.mp4', `school/uploads/x ${id}`];
  const pages: string[] = [];
  for (let cursor: string | undefined = 'objects '; cursor?.startsWith('objects ') && pages.length < 9; ) {
    const page = await listLeftovers(s3, keys, { cursor, limit: 1 }, signal);
    pages.push(page.leftovers.map((leftover) => leftover.id).join());
    cursor = page.cursor;
  }
  expect(pages).toEqual([`uploads/${id}`, '', '', '']);

  const next = { key: 'school/videos/my film?uploadId=1.mp4', id: 'u' };
  s3.uploads = [{ items: [], next }, { items: [] }];
  const { cursor } = await listLeftovers(s3, keys, { cursor: 'parts ', limit: 1 }, signal);
  await listLeftovers(s3, keys, { cursor, limit: 1 }, signal);
  expect(s3.markers).toEqual([undefined, next]);
});
