import { RetryHandler, StorageCall } from '@videostorage/core';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { propertyRuns } from '../test-support/property-runs.ts';
import type { CloudflareClient, ListedVideo, StreamListQuery } from './cloudflare-client.ts';
import { StreamList } from './stream-list.ts';

const call = new StorageCall('listVideos', {}, new RetryHandler(), () => {});
afterAll(() => call.release());

const details = (uid: string, created: string): ListedVideo => ({
  uid,
  created,
  state: 'ready',
  readyToStream: true,
  meta: {},
  requireSignedURLs: true,
  allowedOrigins: [],
});

/** A list as the API returns it, and its requests. */
interface Listing {
  readonly list: StreamList;
  readonly asked: StreamListQuery[];
}

/**
 * Newest first, without a cursor; videos of one instant come in another order each time. `endsCount`: whether start and end of
 * a window belong to it.
 */
function listing(videos: readonly ListedVideo[], endsCount: readonly [after: boolean, before: boolean]): Listing {
  const asked: StreamListQuery[] = [];
  const listVideos = async (query: StreamListQuery) => {
    asked.push(query);
    const shuffled = asked.length % 2 === 0 ? [...videos].reverse() : videos;
    const inWindow = shuffled.filter(({ created }) => {
      const [at, after, before] = [Date.parse(created), Date.parse(query.after ?? ''), Date.parse(query.before ?? '')];
      const isBefore = Number.isNaN(before) || at < before || (endsCount[1] && at === before);
      return isBefore && (Number.isNaN(after) || at > after || (endsCount[0] && at === after));
    });
    const newest = inWindow.toSorted((one, other) => Date.parse(other.created) - Date.parse(one.created));
    return newest.slice(0, query.limit);
  };
  return { list: new StreamList({ listVideos } as Pick<CloudflareClient, 'listVideos'> as CloudflareClient), asked };
}

async function collect(list: StreamList, limit: number): Promise<string[]> {
  const ids: string[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < 300; page++) {
    const answer = await list.page({ limit, cursor }, call);
    expect(answer.videos.length).toBeLessThanOrEqual(limit);
    ids.push(...answer.videos.map((video) => video.videoId));
    cursor = answer.cursor;
    if (cursor === undefined) return ids;
  }
  throw new Error('paging does not end');
}

const at = (milliseconds: number, fraction = '') => {
  const text = new Date(milliseconds).toISOString();
  return fraction === '' ? text : text.replace('Z', `${fraction}Z`);
};

describe('property 11: every video once and newest first', () => {
  const moments = fc.array(fc.tuple(fc.integer({ min: 0, max: 6 }), fc.constantFrom('', '000', '123', '999')), {
    maxLength: 30,
  });
  test.each([
    ['the start counts and the end does not, as documented', [true, false]],
    ['neither counts', [false, false]],
  ] as const)('where %s, also within one millisecond', async (_name, ends) => {
    await fc.assert(
      fc.asyncProperty(moments, fc.integer({ min: 1, max: 5 }), async (created, limit) => {
        const videos = created.map(([ms, fraction], index) => details(`v${index}`, at(ms, fraction)));
        const ids = await collect(listing(videos, ends).list, limit);
        expect(ids.toSorted()).toEqual(videos.map(({ uid }) => uid).toSorted());
        const times = ids.map((id) => Date.parse(videos.find(({ uid }) => uid === id)?.created ?? ''));
        expect(times).toEqual(times.toSorted((one, other) => other - one));
      }),
      propertyRuns(200),
    );
  });

  test('an end that counts causes no repetition either, as long as a page has more videos than one instant', async () => {
    const videos = Array.from({ length: 40 }, (_, index) => details(`v${index}`, at(Math.floor(index / 3))));
    const ids = await collect(listing(videos, [true, true]).list, 7);
    expect(ids.toSorted()).toEqual(videos.map(({ uid }) => uid).toSorted());
  });

  test('also three hundred videos of one millisecond, more than a cursor could name', async () => {
    const videos = Array.from({ length: 300 }, (_, index) => details(`${index}`.padStart(32, '0'), at(5)));
    expect(new Set(await collect(listing(videos, [true, false]).list, 7)).size).toBe(300);
  });
});

test('full pages: 2 500 videos, two per instant, in pages of 1 000', async () => {
  const videos = Array.from({ length: 2500 }, (_, index) => details(`v${index}`, at(Math.floor(index / 2))));
  const { list, asked } = listing(videos, [true, false]);
  expect(new Set(await collect(list, 1000)).size).toBe(2500);
  expect(Math.max(...asked.map(({ limit }) => limit))).toBe(1000);
});

test('a page whose neighbours have another time, as usual, costs one request', async () => {
  const videos = Array.from({ length: 30 }, (_, index) => details(`v${index}`, at(index)));
  const { list, asked } = listing(videos, [true, false]);
  await collect(list, 10);
  expect(asked).toHaveLength(3);
});

test('a list that always returns the same page is an error, not an endless loop', async () => {
  const same = Array.from({ length: 10 }, (_, index) => details(`v${index}`, at(index)));
  const listVideos = async ({ limit }: StreamListQuery) => same.slice(0, limit);
  const list = new StreamList({ listVideos } as Pick<CloudflareClient, 'listVideos'> as CloudflareClient);
  const { cursor } = await list.page({ limit: 2 }, call);
  await expect(collect(list, 2).then(() => list.page({ limit: 2, cursor }, call))).rejects.toMatchObject({
    code: 'BACKEND_BAD_RESPONSE',
  });
});

test.each([
  '',
  'x',
  'e30',
  '!!',
  btoa('{"created":"now"}'),
  btoa('{"created":"2026-11-23T02:15:00Z","uid":"../x"}'),
  btoa('{"created":"2026-11-23T02:15:00Z","seen":[]}'),
])('the cursor %j is refused', async (cursor) => {
  const { list } = listing([], [true, false]);
  await expect(list.page({ limit: 1, cursor }, call)).rejects.toMatchObject({ code: 'VALIDATION_FAILED' });
});

test('1 500 videos of one millisecond are an error that says so, never a list that ends silently', async () => {
  const videos = Array.from({ length: 1500 }, (_, index) => details(`${index}`.padStart(32, '0'), at(5)));
  for (const limit of [100, 1000]) {
    await expect(collect(listing(videos, [true, false]).list, limit)).rejects.toMatchObject({
      code: 'BACKEND_REFUSED',
      message: expect.stringContaining('no way to list them all'),
    });
  }
  const most = videos.slice(0, 999);
  expect(new Set(await collect(listing(most, [true, false]).list, 100)).size).toBe(999);
});

test('a video with the creator of an upload is not listed, and hides no other video', async () => {
  const videos = Array.from({ length: 20 }, (_, index) => ({
    ...details(`v${index}`, at(index)),
    creator: index % 3 === 0 ? 'student-1' : `vs-upload-${'a'.repeat(32)}`,
  }));
  expect(await collect(listing(videos, [true, false]).list, 2)).toHaveLength(7);
});

test('uploads whose bytes have not arrived take no place of a page, and no video is missing', async () => {
  const videos = Array.from({ length: 20 }, (_, index) => ({
    ...details(`v${index}`, at(index)),
    state: index % 3 === 0 ? 'ready' : 'pendingupload',
  }));
  expect(await collect(listing(videos, [true, false]).list, 2)).toHaveLength(7);
});
