import { Secret } from '@videostorage/core';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { codeOf } from '../test-support/code-of.ts';
import { ada, bob, ServiceWorld, teacher } from '../test-support/service-world.ts';
import type { Authorize } from './actor.ts';
import { CursorSeal } from './cursor-seal.ts';

const OLD = 'canary-of-the-old-cursor-secret-0123456789';
const NEW = 'canary-of-the-new-cursor-secret-0123456789';
/** A service in which every actor may list, and gets only their own videos. */
const ownAlone: Authorize = ({ actor, record }) => record === undefined || record.userId === actor.userId;

let world: ServiceWorld;
let own: string;
let foreign: string;
beforeEach(async () => {
  world = new ServiceWorld({ authorize: ownAlone, cursorSecrets: [OLD] });
  own = await world.upload(ada);
  world.clock.advance(1000);
  foreign = await world.upload(bob);
  await world.service.confirmUpload(ada, own);
  await world.service.confirmUpload(bob, foreign);
});

const text = (cursor = '') => Buffer.from(cursor, 'base64url').toString('latin1');

test('a page that ends before another user’s video shows neither its id nor its time, and the next page continues', async () => {
  const first = await world.service.listVideos(ada, { limit: 1 });
  expect(first.videos).toEqual([]);
  const { createdAt } = await world.record(foreign);
  for (const trace of [foreign, String(Date.parse(createdAt)), 'newest'])
    expect(text(first.cursor)).not.toContain(trace);
  const second = await world.service.listVideos(ada, { limit: 1, cursor: first.cursor });
  expect(second.videos.map(({ videoId }) => videoId)).toEqual([own]);
});

test('the same place gets a different cursor each time, so that cursors cannot be compared', async () => {
  const cursors = [
    await world.service.listVideos(ada, { limit: 1 }),
    await world.service.listVideos(bob, { limit: 1 }),
  ];
  expect(cursors[0]?.cursor).not.toBe(cursors[1]?.cursor);
});

test('history has sealed cursors as well; a cursor of one list is refused by the other', async () => {
  const { cursor } = await world.service.listVideos(ada, { limit: 1 });
  const history = await world.service.listEvents(teacher, { limit: 1 });
  expect(text(history.cursor)).not.toContain('entries');
  const next = await world.service.listEvents(teacher, { limit: 1, cursor: history.cursor });
  expect(next.entries[0]?.id).not.toBe(history.entries[0]?.id);
  expect(await codeOf(world.service.listEvents(teacher, { cursor }))).toBe('VALIDATION_FAILED');
  expect(await codeOf(world.service.listVideos(ada, { cursor: history.cursor }))).toBe('VALIDATION_FAILED');
});

test('a sealed cursor opens only in its own list, whatever it contains', async () => {
  const seal = new CursorSeal([new Secret(OLD)]);
  const sealed = await seal.seal('videos', 'a place');
  expect(await seal.open('videos', sealed)).toBe('a place');
  await expect(seal.open('events', sealed)).rejects.toMatchObject({
    code: 'VALIDATION_FAILED',
    problems: [
      {
        ...{ path: 'cursor', code: 'OPTION_INVALID' },
        message: 'The cursor is not from a page of this list; start again without a cursor.',
      },
    ],
  });
});

test('a sealed cursor opens up to 2 048 characters, and longer ones are not decoded', async () => {
  const seal = new CursorSeal([new Secret(OLD)]);
  // A place of so many bytes, with its nonce and tag, is 2 048 characters of base64url.
  const longest = 'p'.repeat(2048 * 0.75 - 12 - 16);
  const sealed = await seal.seal('videos', longest);
  expect(sealed).toHaveLength(2048);
  expect(await seal.open('videos', sealed)).toBe(longest);
  const longer = await seal.seal('videos', `${longest}p`);
  expect(await codeOf(seal.open('videos', longer))).toBe('VALIDATION_FAILED');
});

test('a failure of Web Crypto is not reported as an invalid cursor', async () => {
  const seal = new CursorSeal([new Secret(OLD)]);
  const sealed = await seal.seal('videos', 'a place');
  for (const failure of [new TypeError('no AES-GCM'), new DOMException('no AES-GCM', 'NotSupportedError')]) {
    vi.spyOn(crypto.subtle, 'decrypt').mockRejectedValueOnce(failure);
    await expect(seal.open('videos', sealed)).rejects.toBe(failure);
  }
});

describe('secrets', () => {
  test('of another process open what the first one sealed, also when a new secret comes first; an unknown secret does not', async () => {
    const { cursor } = await world.service.listVideos(ada, { limit: 1 });
    const listed = (cursorSecrets: readonly string[]) =>
      codeOf(world.node({ cursorSecrets }).listVideos(ada, { limit: 1, cursor }));
    expect(await listed([OLD])).toBe('resolved');
    expect(await listed([NEW, OLD])).toBe('resolved');
    expect(await listed([NEW])).toBe('VALIDATION_FAILED');
    const rotated = await world.node({ cursorSecrets: [NEW, OLD] }).listVideos(ada, { limit: 1 });
    expect(await codeOf(world.service.listVideos(ada, { cursor: rotated.cursor }))).toBe('VALIDATION_FAILED');
  });

  test('may be none: then cursors are those of the records', async () => {
    const { cursor } = await world.node({ cursorSecrets: undefined }).listVideos(ada, { limit: 1 });
    expect(text(cursor)).toContain(foreign);
    expect(await codeOf(world.service.listVideos(ada, { cursor }))).toBe('VALIDATION_FAILED');
  });
});

test('a cursor that was changed, truncated or made up is refused', async () => {
  const { cursor = '' } = await world.service.listVideos(ada, { limit: 1 });
  const flipped = `${cursor.startsWith('A') ? 'B' : 'A'}${cursor.slice(1)}`;
  const made = ['', 'A', 'AAAA', '=', 'ü', 'A'.repeat(16), 'A'.repeat(2049), flipped, cursor.slice(0, -4)];
  for (const wrong of made) {
    expect(await codeOf(world.service.listVideos(ada, { cursor: wrong }))).toBe('VALIDATION_FAILED');
  }
});
