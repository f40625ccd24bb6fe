import assert from 'node:assert/strict';
import type { ConformanceCase } from './conformance-case.ts';
import { refuses } from './expectations.ts';

const UNKNOWN_IDS = ['ffffffffffffffffffffffffffffffff-mp4', 'ffffffffffffffffffffffffffffffff', 'unknown'];

/** Existence, absence and deletion. */
export const removal: readonly ConformanceCase[] = [
  {
    id: 'exists/unknown',
    title: 'contract 7: an unknown video does not exist, and has no metadata',
    async run(scenario) {
      for (const videoId of UNKNOWN_IDS) {
        assert.equal(await scenario.storage.videoExists(videoId), false);
        await refuses(scenario.storage.getVideoMetadata(videoId), 'VIDEO_NOT_FOUND');
      }
    },
  },
  {
    id: 'exists/malformed',
    title: 'contract 7, T-F2: ids that are paths, wildcards or malformed do not exist, and are never an outage',
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
    title: 'contract 6, T-J2: a deleted video does not exist, and its new and old URLs answer 403 or 404',
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
      assert.deepEqual(await scenario.storage.listVideos(), { videos: [] }, 'it is still listed');
    },
  },
  {
    id: 'delete/twice',
    title: 'contract 6, T-J3: deleting a video again, twice at once, or one that never existed, succeeds',
    async run(scenario) {
      const { videoId } = await scenario.ready();
      await Promise.all([scenario.deleted(videoId), scenario.deleted(videoId)]);
      await scenario.deleted(videoId);
      for (const unknown of UNKNOWN_IDS) await scenario.deleted(unknown);
    },
  },
  {
    id: 'delete/only-that',
    title: 'contract 6, T-B4: deleting a video does not affect others',
    async run(scenario) {
      const [one, other] = [await scenario.ready(), await scenario.ready()];
      await scenario.deleted(one.videoId);
      assert.equal(await scenario.storage.videoExists(other.videoId), true);
      assert.equal((await scenario.play(other.videoId)).status, 200);
    },
  },
  {
    id: 'delete/pending',
    title: 'contract 6: an upload that has not arrived can be deleted too',
    async run(scenario) {
      const ticket = await scenario.ticket();
      await scenario.deleted(ticket.videoId);
      assert.equal(await scenario.storage.videoExists(ticket.videoId), false);
      await refuses(scenario.confirm(ticket), 'NOT_UPLOADED', 'VIDEO_NOT_FOUND');
    },
  },
  {
    id: 'delete/unconfirmed',
    title: 'contract 6: an upload that has arrived and is deleted before its confirm does not become a video',
    async run(scenario) {
      const ticket = await scenario.sent();
      await scenario.deleted(ticket.videoId);
      await refuses(scenario.confirm(ticket), 'NOT_UPLOADED', 'VIDEO_NOT_FOUND');
      assert.equal(await scenario.storage.videoExists(ticket.videoId), false);
      await scenario.isRefused(ticket.videoId);
    },
  },
];
