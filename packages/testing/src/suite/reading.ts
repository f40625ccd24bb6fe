import assert from 'node:assert/strict';
import { eachVideo, type VideoMetadata } from '@videostorage/core';
import type { ConformanceCase } from './conformance-case.ts';
import { refuses } from './expectations.ts';
import { type Scenario, user } from './scenario.ts';

const UNKNOWN_IDS = ['ffffffffffffffffffffffffffffffff-mp4', 'ffffffffffffffffffffffffffffffff', 'unknown'];
const MAX_PAGES = 50;

/** Reading, listing and removing. */
export const reading: readonly ConformanceCase[] = [
  {
    id: 'exists/unknown',
    title: 'an unknown video does not exist, and has no metadata',
    async run(scenario) {
      for (const videoId of UNKNOWN_IDS) {
        assert.equal(await scenario.storage.videoExists(videoId), false);
        await refuses(scenario.storage.getVideoMetadata(videoId), 'VIDEO_NOT_FOUND');
      }
    },
  },
  {
    id: 'exists/malformed',
    title: 'T-F2: ids that are paths, wildcards or nonsense are not there, and never an outage',
    async run(scenario) {
      for (const videoId of [
        '',
        '.',
        '..',
        '../x',
        '%2e%2e%2f',
        '..%5c',
        '%',
        '%00',
        '\u0000',
        'a/b',
        'a*',
        'x'.repeat(10_000),
      ]) {
        assert.equal(await scenario.storage.videoExists(videoId), false);
        await refuses(scenario.storage.getVideoMetadata(videoId), 'VIDEO_NOT_FOUND');
        await refuses(scenario.storage.getPlaybackUrl(videoId), 'VIDEO_NOT_FOUND');
        await refuses(scenario.storage.deleteVideo(videoId), 'VIDEO_NOT_FOUND');
      }
    },
  },
  {
    id: 'delete/gone',
    title: 'T-J2: what is deleted is not there, and its new and old URLs answer 403 or 404',
    async run(scenario) {
      const { videoId } = await scenario.ready();
      const before = await scenario.storage.getPlaybackUrl(videoId);
      assert.equal((await scenario.subject.play(before)).status, 200);
      await scenario.deleted(videoId);
      assert.equal(await scenario.storage.videoExists(videoId), false);
      await refuses(scenario.storage.getVideoMetadata(videoId), 'VIDEO_NOT_FOUND');
      await scenario.isRefused(videoId);
      const { status } = await scenario.subject.play(before);
      assert.ok(status === 403 || status === 404, `an old URL still answers ${status}`);
    },
  },
  {
    id: 'delete/twice',
    title: 'T-J3: deleting again, or what never was, is success',
    async run(scenario) {
      const { videoId } = await scenario.ready();
      await scenario.deleted(videoId);
      await scenario.deleted(videoId);
      for (const unknown of UNKNOWN_IDS) await scenario.deleted(unknown);
    },
  },
  {
    id: 'delete/only-that',
    title: 'T-B4: the other videos stay',
    async run(scenario) {
      const [one, other] = [await scenario.ready(), await scenario.ready()];
      await scenario.deleted(one.videoId);
      assert.equal(await scenario.storage.videoExists(other.videoId), true);
      assert.equal((await scenario.play(other.videoId)).status, 200);
    },
  },
  {
    id: 'list/pages',
    title: 'paging by one gives every video once, and ends',
    async run(scenario) {
      const expected = await threeVideos(scenario);
      const seen: string[] = [];
      let cursor: string | undefined;
      for (let page = 0; page < MAX_PAGES; page++) {
        const answer = await scenario.storage.listVideos({ limit: 1, cursor });
        assert.ok(answer.videos.length <= 1, 'a page must not be longer than the limit');
        seen.push(...answer.videos.map((video) => video.videoId));
        cursor = answer.cursor;
        if (cursor === undefined) break;
      }
      assert.equal(cursor, undefined, 'paging does not end');
      assert.deepEqual([...seen].sort(), expected.map((video) => video.videoId).sort());
    },
  },
  {
    id: 'list/each-video',
    title: 'eachVideo walks over all of them',
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
    id: 'list/newest-first',
    title: 'the newest video stands first',
    async run(scenario) {
      const expected = await threeVideos(scenario);
      const { videos } = await scenario.storage.listVideos();
      assert.deepEqual(
        videos.map((video) => video.videoId),
        expected.map((video) => video.videoId).reverse(),
      );
    },
  },
  {
    id: 'list/empty',
    title: 'an empty storage has one empty page',
    async run(scenario) {
      assert.deepEqual(await scenario.storage.listVideos(), { videos: [] });
    },
  },
  {
    id: 'list/options',
    title: 'limits outside 1–1000 and foreign cursors are refused',
    async run(scenario) {
      for (const limit of [0, -1, 1001, 1.5, Number.NaN]) {
        await refuses(scenario.storage.listVideos({ limit }), 'VALIDATION_FAILED');
      }
      await refuses(scenario.storage.listVideos({ cursor: 'x'.repeat(100_000) }), 'VALIDATION_FAILED');
    },
  },
  {
    id: 'playback/lifetime',
    title: 'a leave lives as long as was asked for, and is to be renewed after four fifths',
    async run(scenario) {
      const { videoId } = await scenario.ready();
      const nowMs = scenario.subject.clock?.now() ?? Date.now();
      const playback = await scenario.storage.getPlaybackUrl(videoId, { expiresInSeconds: 600 });
      const lifetimeMs = Date.parse(playback.expiresAt) - nowMs;
      assert.ok(Math.abs(lifetimeMs - 600_000) <= 5000, `the leave lives ${lifetimeMs} ms`);
      const renewMs = Date.parse(playback.renewAfter) - nowMs;
      assert.ok(Math.abs(renewMs - 480_000) <= 5000, `the leave is renewed after ${renewMs} ms`);
      assert.equal(playback.url, playback.sources[0]?.url);
      assert.equal(playback.kind, playback.sources[0]?.kind);
    },
  },
  {
    id: 'playback/expired',
    title: 'a leave that is over is refused',
    needs: ['clock'],
    async run(scenario) {
      const { videoId } = await scenario.ready();
      const playback = await scenario.storage.getPlaybackUrl(videoId, { expiresInSeconds: 60 });
      scenario.subject.clock?.advance(61_000);
      const { status } = await scenario.subject.play(playback);
      assert.ok(status === 401 || status === 403, `a leave that is over answers ${status}`);
    },
  },
  {
    id: 'playback/other-video',
    title: 'T-D1: a leave for one video does not open another',
    async run(scenario) {
      const [one, other] = [await scenario.ready(), await scenario.ready()];
      const playback = await scenario.storage.getPlaybackUrl(one.videoId);
      const stolen = JSON.parse(swapVideo(JSON.stringify(playback), one.videoId, other.videoId)) as typeof playback;
      if (stolen.url === playback.url) return;
      const { status } = await scenario.subject.play(stolen);
      assert.ok(status === 401 || status === 403 || status === 404, `another video's URL answers ${status}`);
    },
  },
  {
    id: 'playback/options',
    title: 'lifetimes, beginnings and ranges that make no sense are refused, all at once',
    async run(scenario) {
      const wrong = { expiresInSeconds: 0, notBefore: 'tomorrow', ipRange: '::1/200' };
      const error = await refuses(scenario.storage.getPlaybackUrl('a-video', wrong), 'VALIDATION_FAILED');
      assert.equal((error as { readonly problems?: readonly unknown[] }).problems?.length, 3);
      for (const expiresInSeconds of [-1, 1.5, 86_401, Number.NaN]) {
        await refuses(scenario.storage.getPlaybackUrl('a-video', { expiresInSeconds }), 'VALIDATION_FAILED');
      }
    },
  },
  {
    id: 'validation/all-problems',
    title: 'a bad request is told everything that is wrong with it, and nothing is made',
    async run(scenario) {
      const bad = {
        ...(await scenario.request()),
        userId: '',
        fileName: '../x.exe',
        sizeBytes: -1,
        mimeType: 'text/html',
      };
      const error = await refuses(scenario.storage.getUploadUrl(bad), 'VALIDATION_FAILED');
      const { problems } = error as { readonly problems?: readonly { readonly path: string }[] };
      const paths = new Set(problems?.map((problem) => problem.path));
      for (const path of ['userId', 'fileName', 'sizeBytes', 'mimeType'])
        assert.ok(paths.has(path), `${path} is not named`);
      assert.deepEqual(await scenario.storage.listVideos(), { videos: [] });
    },
  },
  {
    id: 'cost/sums',
    title: 'an estimate is the sum of its items and says its day',
    async run(scenario) {
      const estimate = scenario.storage.estimateCost({ storedBytes: 5e11, views: 10_000 });
      const sum = estimate.items.reduce((total, item) => total + item.amountUsd, 0);
      assert.ok(Math.abs(sum - estimate.monthlyUsd) < 0.005, `${sum} is not ${estimate.monthlyUsd}`);
      assert.match(estimate.pricesAsOf, /^\d{4}-\d{2}-\d{2}$/);
      const more = scenario.storage.estimateCost({ storedBytes: 5e12, views: 100_000 });
      assert.ok(more.monthlyUsd >= estimate.monthlyUsd);
    },
  },
];

async function threeVideos(scenario: Scenario): Promise<readonly VideoMetadata[]> {
  const videos: VideoMetadata[] = [];
  for (let count = 0; count < 3; count++) {
    videos.push(await scenario.ready({ ...user }));
    scenario.subject.clock?.advance(2000);
  }
  return videos;
}

/** Object stores derive an object's name from the id's first part, so that is swapped too. */
function swapVideo(text: string, videoId: string, otherId: string): string {
  const [stem = videoId] = videoId.split('-');
  const [otherStem = otherId] = otherId.split('-');
  return text.replaceAll(videoId, otherId).replaceAll(stem, otherStem);
}
