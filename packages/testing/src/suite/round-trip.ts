import assert from 'node:assert/strict';
import type { ConformanceCase } from './conformance-case.ts';
import { sameBytes, survivesJson } from './expectations.ts';
import { user } from './scenario.ts';

/** The story that must always work. */
export const roundTrip: readonly ConformanceCase[] = [
  {
    id: 'round-trip/plays',
    title: 'what was sent is confirmed, becomes ready and is delivered',
    async run(scenario) {
      const ticket = await scenario.sent();
      const confirmed = await scenario.confirm(ticket);
      assert.equal(confirmed.videoId, ticket.videoId);
      assert.ok(confirmed.status === 'processing' || confirmed.status === 'ready', confirmed.status);
      const ready = await scenario.untilReady(ticket.videoId);
      assert.equal(ready.playable, true);
      const playback = await scenario.storage.getPlaybackUrl(ticket.videoId);
      const { status, bytes } = await scenario.subject.play(playback);
      assert.equal(status, 200);
      if (playback.kind === 'file') sameBytes(bytes, await scenario.video());
      else assert.ok(bytes.length > 0, 'nothing was delivered');
    },
  },
  {
    id: 'round-trip/ticket',
    title: 'a ticket names a video, an end in the future and one protocol',
    async run(scenario) {
      const ticket = await scenario.ticket();
      assert.match(ticket.videoId, /^[A-Za-z0-9_-]{1,64}$/);
      const nowMs = scenario.subject.clock?.now() ?? Date.now();
      assert.ok(Date.parse(ticket.expiresAt) > nowMs, 'the ticket has expired already');
      assert.equal(new Date(ticket.expiresAt).toISOString(), ticket.expiresAt);
      assert.ok(['tus', 'post', 'multipart'].includes(ticket.protocol));
      if (ticket.protocol === 'tus') assert.ok(ticket.chunk.maxBytes >= ticket.chunk.minBytes);
      assert.equal('state' in ticket, false, 'the backend’s own state must not reach a browser');
      survivesJson(ticket);
    },
  },
  {
    id: 'round-trip/same-upload-id',
    title: 'the same upload id gives the same video',
    async run(scenario) {
      const uploadId = '0123456789abcdef0123456789abcdef';
      const [one, two] = [await scenario.ticket({ uploadId }), await scenario.ticket({ uploadId })];
      assert.equal(one.videoId, two.videoId);
      await scenario.send(two, await scenario.video());
      assert.equal((await scenario.confirm(two)).videoId, one.videoId);
    },
  },
  {
    id: 'round-trip/own-video',
    title: 'every upload is a video of its own',
    async run(scenario) {
      const tickets = [await scenario.ticket(), await scenario.ticket(), await scenario.ticket()];
      assert.equal(new Set(tickets.map((ticket) => ticket.videoId)).size, 3);
      assert.equal(new Set(tickets.map((ticket) => ticket.uploadReference)).size, 3);
    },
  },
  {
    id: 'round-trip/metadata',
    title: 'what is known of a video is what was said of it',
    async run(scenario) {
      const request = await scenario.request();
      const video = await scenario.ready();
      assert.equal(video.backendName, scenario.storage.backendName);
      assert.equal(new Date(video.createdAt).toISOString(), video.createdAt);
      for (const field of ['contextId', 'fileName', 'sizeBytes'] as const) {
        if (field in video) assert.equal(video[field], request[field], field);
      }
      assert.equal(video.contextId, request.contextId, 'the context must be kept');
      assert.equal(video.fileName, request.fileName, 'the file name must be kept');
      assert.deepEqual(video.custom, request.custom, 'custom metadata must be kept');
      assert.ok(video.durationSeconds === undefined || video.durationSeconds > 0);
      assert.ok(
        !Object.values(video).some((value) => value === -1 || value === '' || value === null),
        'unknown is absent',
      );
    },
  },
  {
    id: 'round-trip/each-step',
    title: 'a video that has not arrived is not there; each step keeps its id',
    async run(scenario) {
      const ticket = await scenario.ticket();
      await scenario.isNeverReady(ticket.videoId);
      await scenario.send(ticket, await scenario.video());
      const confirmed = await scenario.confirm(ticket);
      const known = await scenario.storage.getVideoMetadata(ticket.videoId);
      assert.equal(known.videoId, confirmed.videoId);
      assert.equal(await scenario.storage.videoExists(ticket.videoId), true);
      await scenario.untilReady(ticket.videoId);
      await scenario.deleted(ticket.videoId);
      assert.equal(await scenario.storage.videoExists(ticket.videoId), false);
    },
  },
  {
    id: 'round-trip/json',
    title: 'every answer survives JSON',
    async run(scenario) {
      const ticket = await scenario.sent();
      survivesJson(await scenario.confirm(ticket));
      survivesJson(await scenario.untilReady(ticket.videoId));
      survivesJson(await scenario.storage.getPlaybackUrl(ticket.videoId, { viewer: { ...user, role: 'student' } }));
      survivesJson(await scenario.storage.listVideos());
      survivesJson(scenario.storage.estimateCost({ storedBytes: 1e9, views: 100 }));
      survivesJson(await scenario.storage.deleteVideo(ticket.videoId));
    },
  },
];
