import assert from 'node:assert/strict';
import { fixtures } from '../fixtures.ts';
import type { ConformanceCase } from './conformance-case.ts';
import { isTimestamp, sameBytes, survivesJson } from './expectations.ts';
import { isComplete, isHonest } from './honest-metadata.ts';
import { user } from './scenario.ts';

const DAY_MS = 86_400_000;

/** The whole way of a video: ticket, upload, confirm, playback. */
export const roundTrip: readonly ConformanceCase[] = [
  {
    id: 'round-trip/plays',
    title: 'contract 1: an upload that was sent is confirmed, becomes ready and is delivered',
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
    title: 'contract 11: a ticket has a video id, an expiry in the future and one protocol',
    async run(scenario) {
      const ticket = await scenario.ticket();
      assert.match(ticket.videoId, /^[A-Za-z0-9_-]{1,64}$/);
      isTimestamp('expiresAt', ticket.expiresAt);
      const lifetimeMs = Date.parse(ticket.expiresAt) - scenario.nowMs;
      assert.ok(lifetimeMs > 0, 'the ticket has expired already');
      assert.ok(lifetimeMs <= DAY_MS, `the ticket is valid for ${lifetimeMs} ms, which is more than a day`);
      assert.ok(['tus', 'post', 'multipart'].includes(ticket.protocol));
      if (ticket.protocol === 'tus') assert.ok(ticket.chunk.maxBytes >= ticket.chunk.minBytes);
      assert.equal('state' in ticket, false, 'the internal state of the backend must not reach a browser');
      survivesJson(ticket);
    },
  },
  {
    id: 'round-trip/same-upload-id',
    title: 'contract 11: the same upload id leads to the same video',
    async run(scenario) {
      const uploadId = '0123456789abcdef0123456789abcdef';
      const [one, two] = [await scenario.ticket({ uploadId }), await scenario.ticket({ uploadId })];
      assert.equal(one.videoId, two.videoId);
      const atOnce = await Promise.all([scenario.ticket({ uploadId }), scenario.ticket({ uploadId })]);
      for (const ticket of atOnce) assert.equal(ticket.videoId, one.videoId);
      await scenario.send(two, await scenario.video());
      assert.equal((await scenario.confirm(two)).videoId, one.videoId);
    },
  },
  {
    id: 'round-trip/own-video',
    title: 'contract 11: every upload becomes a separate video',
    async run(scenario) {
      const tickets = [await scenario.ticket(), await scenario.ticket(), await scenario.ticket()];
      assert.equal(new Set(tickets.map((ticket) => ticket.videoId)).size, 3);
      assert.equal(new Set(tickets.map((ticket) => ticket.uploadReference)).size, 3);
    },
  },
  {
    id: 'round-trip/own-bytes',
    title: 'contract 2: each video delivers its own bytes',
    async run(scenario) {
      const other = await fixtures.moovLast.read();
      const first = await scenario.ready();
      const ticket = await scenario.ticket({ sizeBytes: other.length });
      await scenario.send(ticket, other);
      await scenario.confirm(ticket);
      await scenario.untilReady(ticket.videoId);
      const playback = await scenario.storage.getPlaybackUrl(ticket.videoId);
      if (playback.kind !== 'file') return;
      sameBytes((await scenario.subject.play(playback)).bytes, other);
      sameBytes((await scenario.play(first.videoId)).bytes, await scenario.video());
    },
  },
  {
    id: 'round-trip/metadata',
    title: 'contract 12: metadata contains everything that the request declared, and correct measurements',
    async run(scenario) {
      const request = await scenario.request();
      const ticket = await scenario.readyTicket();
      const video = await scenario.storage.getVideoMetadata(ticket.videoId);
      assert.equal(video.videoId, ticket.videoId);
      assert.equal(video.backendName, scenario.storage.backendName);
      isComplete(video, request, scenario.nowMs);
      isComplete(await scenario.confirm(ticket), request, scenario.nowMs);
    },
  },
  {
    id: 'round-trip/bare',
    title: 'contract 12: metadata contains nothing that was neither declared nor measured',
    async run(scenario) {
      const { custom } = await scenario.ready({ custom: undefined });
      assert.deepEqual(custom ?? {}, {});
    },
  },
  {
    id: 'round-trip/each-step',
    title: 'contract 1: an upload that has not arrived does not exist; metadata is right after each step',
    async run(scenario) {
      const { storage } = scenario;
      const request = await scenario.request();
      const ticket = await scenario.ticket();
      const describe = async () => {
        const video = await storage.getVideoMetadata(ticket.videoId);
        assert.equal(video.videoId, ticket.videoId);
        isHonest(video, request, scenario.nowMs);
        return video.status;
      };
      await scenario.isNeverReady(ticket.videoId);
      await scenario.isRefused(ticket.videoId);
      await scenario.send(ticket, await scenario.video());
      if (await storage.videoExists(ticket.videoId)) await describe();
      const confirmed = await scenario.confirm(ticket);
      isHonest(confirmed, request, scenario.nowMs);
      assert.equal(await describe(), confirmed.status);
      assert.equal(await storage.videoExists(ticket.videoId), true);
      await scenario.untilReady(ticket.videoId);
      assert.equal(await describe(), 'ready');
      await scenario.deleted(ticket.videoId);
      assert.equal(await storage.videoExists(ticket.videoId), false);
    },
  },
  {
    id: 'round-trip/json',
    title: 'contract 12: every answer survives JSON',
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
