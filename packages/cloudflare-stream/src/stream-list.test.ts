import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CloudflareClient, StreamListQuery } from './cloudflare-client.ts';
import { StreamList } from './stream-list.ts';
import type { VideoDetails } from './video-details.ts';

const details = (uid: string, created: string): VideoDetails => ({
  uid,
  created,
  state: 'ready',
  readyToStream: true,
  meta: {},
  requireSignedURLs: true,
});

/** Answers as the API does: newest first, `before` exclusive, no cursor. */
function listing(videos: readonly VideoDetails[]): StreamList {
  const listVideos = async ({ limit, before }: StreamListQuery) => {
    const sorted = [...videos].sort((one, other) => (one.created < other.created ? 1 : -1));
    return sorted.filter((video) => before === undefined || video.created < before).slice(0, limit);
  };
  return new StreamList({ listVideos } as Pick<CloudflareClient, 'listVideos'> as CloudflareClient);
}

async function collect(list: StreamList, limit: number): Promise<string[]> {
  const ids: string[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < 200; page++) {
    const answer = await list.page('cloudflare-stream', { limit, cursor });
    ids.push(...answer.videos.map((video) => video.videoId));
    cursor = answer.cursor;
    if (cursor === undefined) return ids;
  }
  throw new Error('paging does not end');
}

describe('StreamList', () => {
  test('property 11: every video once and newest first, also when several were made in the same instant', async () => {
    const times = fc.array(fc.integer({ min: 0, max: 12 }), { maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(times, fc.integer({ min: 1, max: 5 }), async (seconds, limit) => {
        const videos = seconds.map((second, index) => details(`v${index}`, new Date(second * 1000).toISOString()));
        const ids = await collect(listing(videos), limit);
        expect([...ids].sort()).toEqual(videos.map(({ uid }) => uid).sort());
        const created = ids.map((id) => videos.find(({ uid }) => uid === id)?.created ?? '');
        expect(created).toEqual([...created].sort().reverse());
      }),
      { numRuns: 1000 },
    );
  });

  test.each(['', 'x', 'e30', '!!', btoa('{"created":"now","seen":[]}')])('the cursor %j is refused', async (cursor) => {
    await expect(listing([]).page('x', { limit: 1, cursor })).rejects.toMatchObject({ code: 'VALIDATION_FAILED' });
  });
});
