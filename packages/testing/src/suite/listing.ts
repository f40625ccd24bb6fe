import assert from 'node:assert/strict';
import { eachVideo, type VideoMetadata } from '@videostorage/core';
import type { ConformanceCase } from './conformance-case.ts';
import { refuses } from './expectations.ts';
import { agrees, isHonest } from './honest-metadata.ts';
import type { Scenario } from './scenario.ts';

const MAX_PAGES = 50;

/** Listing page by page: each video once, to the end. */
export const listing: readonly ConformanceCase[] = [
  {
    id: 'list/pages',
    title: 'contract 14: pages of one video list every video once, and end',
    async run(scenario) {
      const expected = await threeVideos(scenario);
      const seen = await walk(scenario);
      assert.deepEqual([...seen].sort(), expected.map((video) => video.videoId).sort());
    },
  },
  {
    id: 'list/same-instant',
    title: 'contract 14: videos that were created at the same time are listed once each',
    async run(scenario) {
      // All are sent before one is confirmed, and the clock does not advance.
      const tickets = [await scenario.sent(), await scenario.sent(), await scenario.sent()];
      for (const ticket of tickets) await scenario.confirm(ticket);
      for (const ticket of tickets) await scenario.untilReady(ticket.videoId);
      const expected = tickets.map((ticket) => ticket.videoId);
      assert.deepEqual([...(await walk(scenario))].sort(), expected.sort());
    },
  },
  {
    id: 'list/changes-between',
    title: 'contract 14: videos that are added or deleted between two pages neither repeat nor hide others',
    async run(scenario) {
      const expected = [...(await threeVideos(scenario)), ...(await threeVideos(scenario))].map((one) => one.videoId);
      const seen: string[] = [];
      const walked = await walk(scenario, async (page, videoIds) => {
        seen.push(...videoIds);
        const last = videoIds.at(-1);
        // The last video of a page is deleted before the next page is read, and a new one is confirmed.
        if (page === 1 && last !== undefined) await scenario.deleted(last);
        if (page === 2) await scenario.ready();
      });
      assert.equal(new Set(seen).size, seen.length, 'a video was listed twice');
      assert.deepEqual(
        expected.filter((videoId) => !walked.includes(videoId)),
        [],
        'videos are missing',
      );
    },
  },
  {
    id: 'list/each-video',
    title: 'contract 14: eachVideo yields all videos',
    async run(scenario) {
      const expected = await threeVideos(scenario);
      const seen: string[] = [];
      for await (const video of eachVideo(scenario.storage, { limit: 2, maxPages: MAX_PAGES })) {
        assert.equal(video.backendName, scenario.storage.backendName);
        seen.push(video.videoId);
      }
      assert.deepEqual([...seen].sort(), expected.map((video) => video.videoId).sort());
    },
  },
  {
    id: 'list/agrees',
    title: 'contract 14: a listing agrees with the metadata of each video',
    async run(scenario) {
      const asked = await scenario.ready();
      const { videos, cursor } = await scenario.storage.listVideos();
      assert.deepEqual([videos.length, cursor], [1, undefined], 'the last page has no cursor');
      for (const listed of videos) {
        isHonest(listed, await scenario.request(), scenario.nowMs);
        agrees(listed, asked);
      }
    },
  },
  {
    id: 'list/processing',
    title: 'contract 14: a confirmed video is listed at once, also while it is processing',
    async run(scenario) {
      const ticket = await scenario.sent();
      await scenario.confirm(ticket);
      const { videos } = await scenario.storage.listVideos();
      assert.deepEqual(
        videos.map(({ videoId }) => videoId),
        [ticket.videoId],
      );
    },
  },
  {
    id: 'list/empty',
    title: 'contract 14: an empty storage has one empty page',
    async run(scenario) {
      assert.deepEqual(await scenario.storage.listVideos(), { videos: [] });
    },
  },
  {
    id: 'list/options',
    title: 'contract 14: limits outside 1–1000 and invented cursors are refused',
    async run(scenario) {
      for (const limit of [0, -1, 1001, 1.5, Number.NaN]) {
        await refuses(scenario.storage.listVideos({ limit }), 'VALIDATION_FAILED');
      }
      for (const limit of [1, 1000]) assert.deepEqual(await scenario.storage.listVideos({ limit }), { videos: [] });
      for (const cursor of ['', 'nonsense', '../..', '%', '\u0000', 'AAAA', '-1', 'x'.repeat(100_000)]) {
        await refuses(scenario.storage.listVideos({ cursor }), 'VALIDATION_FAILED');
      }
    },
  },
];

async function threeVideos(scenario: Scenario): Promise<readonly VideoMetadata[]> {
  const videos: VideoMetadata[] = [];
  for (let count = 0; count < 3; count++) {
    videos.push(await scenario.ready());
    scenario.subject.clock?.advance(2000);
  }
  return videos;
}

/** All ids, read in pages of one; `afterPage` runs between pages. */
async function walk(
  scenario: Scenario,
  afterPage: (page: number, videoIds: readonly string[]) => Promise<void> = async () => {},
): Promise<readonly string[]> {
  const seen: string[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < MAX_PAGES; page++) {
    const answer = await scenario.storage.listVideos({ limit: 1, cursor });
    assert.ok(answer.videos.length <= 1, 'a page must not be longer than the limit');
    const videoIds = answer.videos.map((video) => video.videoId);
    seen.push(...videoIds);
    await afterPage(page, videoIds);
    cursor = answer.cursor;
    if (cursor === undefined) return seen;
  }
  return assert.fail('paging does not end');
}
