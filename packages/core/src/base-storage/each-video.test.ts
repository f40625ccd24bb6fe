import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ArrayStorage } from '../../test-support/array-storage.ts';
import type { VideoMetadata, VideoPage } from '../contract/video-metadata.ts';
import { eachVideo } from './each-video.ts';

/** A storage that lists these pages. */
function paged(page: (cursor: string | undefined) => VideoPage): ArrayStorage {
  const storage = new ArrayStorage();
  storage.listVideos = (options) => Promise.resolve(page(options?.cursor));
  return storage;
}

async function collect(videos: AsyncIterable<VideoMetadata>): Promise<string[]> {
  const ids: string[] = [];
  for await (const video of videos) ids.push(video.videoId);
  return ids;
}

describe('eachVideo', () => {
  test('property 11: any split into pages, empty ones too, yields every video once and in order, even one that is on two pages', async () => {
    const one = new ArrayStorage();
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(fc.nat(9), { maxLength: 5 }), { minLength: 1, maxLength: 8 }),
        async (split) => {
          const pages = split.map((ids) => ids.map((id) => ({ ...one.video(`v${id}`), backendName: 'array' })));
          const storage = paged((cursor) => {
            const index = cursor === undefined ? 0 : Number(cursor);
            return { videos: pages[index] ?? [], ...(index + 1 < pages.length && { cursor: String(index + 1) }) };
          });
          const expected = [...new Set(pages.flat().map((video) => video.videoId))];
          expect(await collect(eachVideo(storage))).toEqual(expected);
        },
      ),
    );
  });

  test.each([
    ['the same cursor again', () => 'a'],
    ['a longer cycle', (cursor: string | undefined) => (cursor === 'a' ? 'b' : 'a')],
  ])('a listing whose cursors form a cycle is an error: %s', async (_name, next) => {
    let pages = 0;
    const storage = paged((cursor) => {
      pages += 1;
      return { videos: [], cursor: next(cursor) };
    });
    await expect(collect(eachVideo(storage))).rejects.toMatchObject({
      ...{ code: 'BACKEND_BAD_RESPONSE', backendName: 'array', operation: 'listVideos' },
    });
    // As soon as a cursor repeats, and not only at the maximum number of pages.
    expect(pages).toBeLessThanOrEqual(3);
  });

  test('takes its options from the getters of a class too', async () => {
    const asked: unknown[] = [];
    const storage = new ArrayStorage();
    storage.listVideos = async (options) => {
      asked.push(options);
      return { videos: [] };
    };
    class Few {
      get limit() {
        return 2;
      }
      get requestId() {
        return 'r-1';
      }
    }
    await collect(eachVideo(storage, new Few()));
    expect(asked).toEqual([{ limit: 2, requestId: 'r-1' }]);
  });

  test('begins at the cursor that is given, and passes every option on to each page', async () => {
    const asked: unknown[] = [];
    const storage = new ArrayStorage();
    storage.listVideos = async (options) => {
      asked.push(options);
      return { videos: [], ...(asked.length === 1 && { cursor: 'c2' }) };
    };
    expect(await collect(eachVideo(storage, { cursor: 'c1', limit: 7, requestId: 'r-1', maxPages: 2 }))).toEqual([]);
    const each = { limit: 7, requestId: 'r-1' };
    expect(asked).toEqual([
      { ...each, cursor: 'c1' },
      { ...each, cursor: 'c2' },
    ]);
  });

  test('a page that names itself as the next one is an error at once', async () => {
    let pages = 0;
    const storage = paged(() => {
      pages += 1;
      return { videos: [], cursor: 'c1' };
    });
    await expect(collect(eachVideo(storage, { cursor: 'c1' }))).rejects.toThrow('repeats itself');
    expect(pages).toBe(1);
  });

  test('more pages than allowed is an error; the iteration does not end early without one', async () => {
    let page = 0;
    const storage = paged(() => ({ videos: [], cursor: `c${page++}` }));
    await expect(collect(eachVideo(storage, { maxPages: 3 }))).rejects.toThrow('more than 3 pages');
    expect(page).toBe(3);
    await expect(collect(eachVideo(storage, { maxPages: 1 }))).rejects.toThrow('more than 1 pages');
    expect(page).toBe(4);
  });

  test('without a bound every page is read, and a listing that repeats itself is an error all the same', async () => {
    let page = 0;
    const long = paged(() => ({ videos: [], ...(++page < 10_002 && { cursor: `c${page}` }) }));
    expect(await collect(eachVideo(long, { maxPages: Number.POSITIVE_INFINITY }))).toEqual([]);
    expect(page).toBe(10_002);
    const repeating = paged(() => ({ videos: [], cursor: `c${page++ % 3}` }));
    const all = collect(eachVideo(repeating, { maxPages: Number.POSITIVE_INFINITY }));
    await expect(all).rejects.toThrow('repeats itself');
  });

  test('a misspelt option or an invalid `maxPages` is refused before a page is read', async () => {
    const storage = paged(() => ({ videos: [] }));
    const refused = (options: object) =>
      expect(collect(Reflect.apply(eachVideo, undefined, [storage, options]))).rejects;
    await refused({ maxPage: 3 }).toThrow('`maxPage` is not an option; do you mean `maxPages`?');
    for (const maxPages of [0, 1.5, Number.NaN, Number.NEGATIVE_INFINITY, '3']) {
      await refused({ maxPages }).toThrow('`maxPages` must be a whole number from 1, or Infinity');
    }
    expect(await collect(eachVideo(storage, { limit: 5, timeoutMs: 50, signal: undefined }))).toEqual([]);
  });
});
