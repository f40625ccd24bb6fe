import assert from 'node:assert/strict';
import { fixtures } from '../fixtures.ts';
import type { ConformanceCase } from './conformance-case.ts';
import { refuses, sameBytes } from './expectations.ts';
import { user } from './scenario.ts';

/** Confirms that are early, repeated or parallel; and cancelling. */
export const confirm: readonly ConformanceCase[] = [
  {
    id: 'confirm/too-early',
    title:
      'contract 3, T-C3: a confirm before the bytes is NOT_UPLOADED, and the upload can still be sent and confirmed',
    async run(scenario) {
      const ticket = await scenario.ticket();
      await refuses(scenario.confirm(ticket), 'NOT_UPLOADED');
      await scenario.send(ticket, await scenario.video());
      assert.equal((await scenario.confirm(ticket)).videoId, ticket.videoId);
    },
  },
  {
    id: 'confirm/twice',
    title: 'contract 3: a repeated confirm returns the same video',
    async run(scenario) {
      const ticket = await scenario.sent();
      await scenario.confirm(ticket);
      await scenario.untilReady(ticket.videoId);
      const [one, two] = [await scenario.confirm(ticket), await scenario.confirm(ticket)];
      assert.equal(one.status, 'ready');
      assert.deepEqual(one, two);
    },
  },
  {
    id: 'confirm/parallel',
    title: 'contract 3, T-C2: fifty confirms at once return fifty equal answers and one video',
    async run(scenario) {
      const ticket = await scenario.sent();
      const answers = await Promise.all(Array.from({ length: 50 }, () => scenario.confirm(ticket)));
      assert.equal(answers[0]?.videoId, ticket.videoId);
      for (const answer of answers) assert.deepEqual(answer, answers[0], 'all answers must be the same');
      await scenario.untilReady(ticket.videoId);
      const { videos } = await scenario.storage.listVideos();
      assert.equal(videos.filter((video) => video.videoId === ticket.videoId).length, 1);
      assert.equal((await scenario.play(ticket.videoId)).status, 200);
    },
  },
  {
    id: 'confirm/sent-again',
    title: 'contract 2, T-B3: a ticket that is used again after the confirm changes neither the bytes nor the revision',
    async run(scenario) {
      const ticket = await scenario.readyTicket();
      const { storage } = scenario;
      const [before, played] = [await storage.getVideoMetadata(ticket.videoId), await scenario.play(ticket.videoId)];
      const other = await fixtures.moovLast.read();
      assert.equal(other.length, before.sizeBytes ?? other.length, 'both fixtures must have the same size');
      await scenario.send(ticket, other).catch((error: unknown) => error);
      await scenario.confirm(ticket).catch((error: unknown) => error);
      const { revision } = await scenario.untilReady(ticket.videoId);
      assert.equal(revision, before.revision, 'the revision of what was verified must stay');
      sameBytes((await scenario.play(ticket.videoId)).bytes, played.bytes);
    },
  },
  {
    id: 'abort/before-sending',
    title: 'contract 5: a cancelled upload cannot be confirmed; cancelling it again succeeds',
    async run(scenario) {
      const ticket = await scenario.ticket();
      await scenario.storage.abortUpload(ticket.uploadReference, user);
      await scenario.storage.abortUpload(ticket.uploadReference, user);
      await refuses(scenario.confirm(ticket), 'NOT_UPLOADED', 'VIDEO_NOT_FOUND');
    },
  },
  {
    id: 'abort/after-sending',
    title: 'contract 5: cancelling removes the bytes that have arrived',
    async run(scenario) {
      const ticket = await scenario.sent();
      await scenario.storage.abortUpload(ticket.uploadReference, user);
      await refuses(scenario.confirm(ticket), 'NOT_UPLOADED', 'VIDEO_NOT_FOUND');
      assert.equal(await scenario.storage.videoExists(ticket.videoId), false);
      await scenario.isRefused(ticket.videoId);
      assert.deepEqual(await scenario.storage.listVideos(), { videos: [] });
    },
  },
  {
    id: 'abort/only-that',
    title: 'contract 5: cancelling one upload does not affect others',
    async run(scenario) {
      const [one, other] = [await scenario.sent(), await scenario.sent()];
      await scenario.storage.abortUpload(one.uploadReference, user);
      assert.equal((await scenario.confirm(other)).videoId, other.videoId);
    },
  },
];
