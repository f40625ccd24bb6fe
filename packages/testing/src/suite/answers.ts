import assert from 'node:assert/strict';
import { fixtures } from '../fixtures.ts';
import type { ConformanceCase } from './conformance-case.ts';
import { sameBytes } from './expectations.ts';
import { user } from './scenario.ts';

const TEN_MINUTES_MS = 600_000;

/** How a storage treats its arguments: canonical forms, strings that it keeps, times, and objects that stay the caller's. */
export const answers: readonly ConformanceCase[] = [
  {
    id: 'answers/canonical',
    title: 'contract 11, contract 13: ids and names are kept in Unicode NFC, and a user is the same in every form',
    async run(scenario) {
      const given = { userId: 'zoe\u0308', contextId: 'cafe\u0301', fileName: 'u\u0308bung.mp4' };
      const ticket = await scenario.ticket(given);
      await scenario.send(ticket, await scenario.video());
      await scenario.storage.confirmUpload(ticket.uploadReference, { userId: given.userId });
      const { userId, contextId, fileName } = await scenario.untilReady(ticket.videoId);
      assert.deepEqual([contextId, fileName], ['caf\u00e9', '\u00fcbung.mp4']);
      assert.ok(userId === undefined || userId === 'zo\u00eb', `the user is ${userId}`);
    },
  },
  {
    id: 'answers/type',
    title: 'contract 11: a type that the browser does not know is that of the file’s extension',
    async run(scenario) {
      for (const mimeType of ['', 'application/octet-stream']) {
        const video = await scenario.ready({ mimeType });
        assert.ok(
          video.mimeType === undefined || video.mimeType === 'video/mp4',
          `"${mimeType}" became ${video.mimeType}`,
        );
      }
    },
  },
  {
    id: 'answers/webm',
    title: 'contract 12: a video of another type is confirmed, described and delivered as that type',
    async run(scenario) {
      const bytes = await fixtures.webm.read();
      const declared = { sizeBytes: bytes.length, mimeType: 'video/webm', fileName: 'film.webm' };
      const ticket = await scenario.ticket(declared);
      await scenario.send(ticket, bytes, 'video/webm');
      await scenario.confirm(ticket);
      const { mimeType = 'video/webm' } = await scenario.untilReady(ticket.videoId);
      assert.equal(mimeType, 'video/webm');
      const grant = await scenario.storage.getPlaybackUrl(ticket.videoId);
      if (grant.kind !== 'file') return;
      assert.equal(grant.sources[0]?.mimeType, 'video/webm');
      sameBytes((await scenario.subject.play(grant)).bytes, bytes);
    },
  },
  {
    id: 'answers/custom',
    title: 'contract 12: the strings of the host app are kept character by character',
    async run(scenario) {
      const custom = { a: ' spaced ', b: '', c: 'line\nbreak\t"\\', d: '😀 \u2028 e\u0301', 'e-1_': '1' };
      assert.deepEqual((await scenario.ready({ custom })).custom, custom);
    },
  },
  {
    id: 'answers/times',
    title: 'contract 12: metadata says when it was created and when it arrived, and does not change with time',
    needs: ['clock'],
    async run(scenario) {
      const { clock } = scenario.subject;
      const ticket = await scenario.sent();
      clock?.advance(TEN_MINUTES_MS);
      const confirmedMs = scenario.nowMs;
      await scenario.confirm(ticket);
      const video = await scenario.untilReady(ticket.videoId);
      for (const time of [video.createdAt, video.uploadedAt ?? video.createdAt]) {
        assert.ok(Date.parse(time) < confirmedMs, `${time} is the time of the confirm`);
      }
      clock?.advance(TEN_MINUTES_MS);
      assert.deepEqual(await scenario.storage.getVideoMetadata(ticket.videoId), video);
    },
  },
  {
    id: 'answers/arguments',
    title: 'contract 11: the arguments of a call are not changed: they may be frozen',
    async run(scenario) {
      const { storage } = scenario;
      const options = Object.freeze({ timeoutMs: 7500 });
      const ofUser = Object.freeze({ ...user, ...options });
      const { custom, ...request } = await scenario.request();
      const frozen = Object.freeze({ ...request, custom: Object.freeze({ ...custom }) });
      const ticket = await storage.getUploadUrl(frozen, options);
      await scenario.send(ticket, await scenario.video());
      await storage.confirmUpload(ticket.uploadReference, ofUser);
      await scenario.untilReady(ticket.videoId);
      const viewer = Object.freeze({ ...user, role: 'student' });
      await storage.getPlaybackUrl(ticket.videoId, Object.freeze({ ...options, viewer }));
      await storage.getVideoMetadata(ticket.videoId, options);
      await storage.listVideos(Object.freeze({ ...options, limit: 1 }));
      await storage.abortUpload(ticket.uploadReference, ofUser);
      await storage.deleteVideo(ticket.videoId, options);
    },
  },
  {
    id: 'answers/own',
    title: 'contract 12: an answer is the caller’s own: changing it changes no other answer',
    async run(scenario) {
      const { storage } = scenario;
      const { videoId, uploadReference } = await scenario.readyTicket();
      const ask = [
        () => storage.getVideoMetadata(videoId),
        async () => (await storage.listVideos()).videos[0],
        () => storage.confirmUpload(uploadReference, user),
      ];
      for (const call of ask) {
        const answer = await call();
        const before = structuredClone(answer);
        // A storage may freeze what it returns: then nothing is changed.
        Reflect.set(answer ?? {}, 'fileName', 'changed');
        Reflect.set(answer?.custom ?? {}, 'title', 'changed');
        assert.deepEqual(await call(), before);
      }
    },
  },
];
