import assert from 'node:assert/strict';
import type { UploadTicket } from '@videostorage/core';
import type { ConformanceCase } from './conformance-case.ts';
import { refuses, sameBytes } from './expectations.ts';
import { type Scenario, user } from './scenario.ts';
import { spellingsOf } from './spellings.ts';

const UPLOAD_ID = 'fedcba9876543210fedcba9876543210';

/** When a video begins to exist, what its uploader can do to it afterwards, and that its id is used once. */
export const lifecycle: readonly ConformanceCase[] = [
  {
    id: 'lifecycle/unconfirmed',
    title: 'contract 1: an upload that was sent and not confirmed is not found, not listed and has no metadata',
    async run(scenario) {
      const { videoId } = await scenario.sent();
      await scenario.subject.settle?.();
      await isAbsent(scenario, videoId);
    },
  },
  {
    id: 'lifecycle/unconfirmed-bytes',
    title: 'contract 1: no playback grant opens the bytes of an unconfirmed upload',
    async run(scenario) {
      const { videoId } = await scenario.sent();
      await scenario.subject.settle?.();
      await scenario.isRefused(videoId);
    },
  },
  {
    id: 'lifecycle/refusal-repeated',
    title: 'contract 3: a refused upload is refused with the same error each time, one after the other and at once',
    async run(scenario) {
      const ticket = await refusedTicket(scenario);
      const first = await refuses(scenario.confirm(ticket), 'CONTENT_MISMATCH', 'NOT_UPLOADED');
      assert.deepEqual((await refuses(scenario.confirm(ticket), first.code)).toJSON(), first.toJSON());
      const other = await refusedTicket(scenario);
      const atOnce = Array.from({ length: 10 }, () => refuses(scenario.confirm(other), first.code));
      for (const refusal of await Promise.all(atOnce)) assert.deepEqual(refusal.toJSON(), first.toJSON());
      await isAbsent(scenario, other.videoId);
    },
  },
  {
    id: 'lifecycle/abort-confirmed',
    title: 'contract 5: cancelling a confirmed upload succeeds and changes nothing',
    async run(scenario) {
      const ticket = await scenario.readyTicket();
      const before = await scenario.storage.getVideoMetadata(ticket.videoId);
      await scenario.storage.abortUpload(ticket.uploadReference, user);
      assert.deepEqual(await scenario.storage.getVideoMetadata(ticket.videoId), before);
      assert.equal((await scenario.play(ticket.videoId)).status, 200);
    },
  },
  {
    id: 'lifecycle/abort-decided',
    title: 'contract 5: a cancelled upload that is sent again and confirmed does not become a video',
    async run(scenario) {
      const ticket = await scenario.sent();
      await scenario.storage.abortUpload(ticket.uploadReference, user);
      await scenario.send(ticket, await scenario.video()).catch((error: unknown) => error);
      await refuses(scenario.confirm(ticket), 'VIDEO_NOT_FOUND', 'NOT_UPLOADED');
      await isAbsent(scenario, ticket.videoId);
    },
  },
  {
    id: 'lifecycle/deleted-replay',
    title: 'contract 6: after a delete the ticket, used and confirmed again, does not restore the video',
    async run(scenario) {
      const ticket = await scenario.readyTicket();
      await scenario.deleted(ticket.videoId);
      await scenario.send(ticket, await scenario.video()).catch((error: unknown) => error);
      await refuses(scenario.confirm(ticket), 'VIDEO_NOT_FOUND');
      await isAbsent(scenario, ticket.videoId);
      await scenario.isRefused(ticket.videoId);
    },
  },
  {
    id: 'lifecycle/id-used-once',
    title: 'contract 6: an upload id whose video was deleted creates no upload',
    async run(scenario) {
      const ticket = await scenario.readyTicket({ uploadId: UPLOAD_ID });
      await scenario.deleted(ticket.videoId);
      await refuses(scenario.ticket({ uploadId: UPLOAD_ID }), 'VIDEO_NOT_FOUND');
      await isAbsent(scenario, ticket.videoId);
    },
  },
  {
    id: 'lifecycle/create-confirmed',
    title:
      'contract 6: the id of a confirmed upload creates no other one: CONFLICT for its user, VIDEO_NOT_FOUND for others',
    async run(scenario) {
      const ticket = await scenario.readyTicket({ uploadId: UPLOAD_ID });
      await refuses(scenario.ticket({ uploadId: UPLOAD_ID }), 'CONFLICT');
      await refuses(scenario.ticket({ uploadId: UPLOAD_ID, userId: 'another-student' }), 'VIDEO_NOT_FOUND');
      assert.equal((await scenario.storage.getVideoMetadata(ticket.videoId)).userId, user.userId);
      sameBytes((await scenario.play(ticket.videoId)).bytes, await scenario.video());
    },
  },
  {
    id: 'lifecycle/confirm-beside-abort',
    title: 'contract 3: confirm and cancel at once end in one outcome, whichever is faster',
    async run(scenario) {
      for (let round = 0; round < 5; round++) {
        const ticket = await scenario.sent();
        const confirmed = scenario.confirm(ticket).then(
          () => true,
          () => false,
        );
        await Promise.all([confirmed, scenario.storage.abortUpload(ticket.uploadReference, user)]);
        if (!(await confirmed)) await isAbsent(scenario, ticket.videoId);
        else await isDelivered(scenario, ticket.videoId);
      }
    },
  },
  {
    id: 'lifecycle/confirm-beside-delete',
    title: 'contract 6: after confirm and delete at once there is no video',
    async run(scenario) {
      for (let round = 0; round < 5; round++) {
        const ticket = await scenario.sent();
        const confirmed = scenario.confirm(ticket).catch((error: unknown) => error);
        await Promise.all([confirmed, scenario.deleted(ticket.videoId)]);
        await scenario.deleted(ticket.videoId);
        await isAbsent(scenario, ticket.videoId);
        await refuses(scenario.confirm(ticket), 'VIDEO_NOT_FOUND', 'NOT_UPLOADED');
      }
    },
  },
  {
    id: 'lifecycle/no-context',
    title: 'contract 12: a video without a context belongs to its user alone',
    async run(scenario) {
      const video = await scenario.ready({ contextId: undefined });
      assert.equal('contextId' in video, false, 'a context that was not in the request');
    },
  },
  {
    id: 'lifecycle/personal',
    title: 'contract 9: a grant, and the headers of what it opens, show no user, context, name or custom string',
    async run(scenario) {
      const personal = { contextId: 'context-canary', fileName: 'name-canary.mp4', custom: { note: 'custom-canary' } };
      const { videoId } = await scenario.ready(personal);
      const grant = await scenario.storage.getPlaybackUrl(videoId);
      const { status, headers } = await scenario.subject.play(grant);
      assert.equal(status, 200);
      showsNothing('the grant', JSON.stringify(grant));
      showsNothing('a header', JSON.stringify([...(headers ?? [])]));
    },
  },
];

/** An upload that was sent, where the storage takes it, and is one byte short. */
async function refusedTicket(scenario: Scenario): Promise<UploadTicket> {
  const bytes = await scenario.video();
  const ticket = await scenario.ticket({ sizeBytes: bytes.length + 1 });
  await scenario.send(ticket, bytes).catch((error: unknown) => error);
  return ticket;
}

/** Nothing of the uploader may be in it, in any spelling. */
function showsNothing(what: string, shown: string): void {
  for (const secret of [user.userId, 'context-canary', 'name-canary', 'custom-canary']) {
    for (const spelling of spellingsOf(secret)) {
      assert.equal(shown.includes(spelling), false, `${what} shows ${secret}`);
    }
  }
}

/** It plays in the end; byte by byte what was sent where the backend delivers the file itself. */
async function isDelivered(scenario: Scenario, videoId: string): Promise<void> {
  await scenario.untilReady(videoId);
  const { kind } = await scenario.storage.getPlaybackUrl(videoId);
  const { status, bytes } = await scenario.play(videoId);
  assert.equal(status, 200);
  if (kind === 'file') sameBytes(bytes, await scenario.video());
  else assert.ok(bytes.length > 0, 'nothing was delivered');
}

/** No call of the port may find the video. */
async function isAbsent(scenario: Scenario, videoId: string): Promise<void> {
  assert.equal(await scenario.storage.videoExists(videoId), false, 'it exists');
  await refuses(scenario.storage.getVideoMetadata(videoId), 'VIDEO_NOT_FOUND');
  const { videos } = await scenario.storage.listVideos();
  assert.equal(
    videos.some((video) => video.videoId === videoId),
    false,
    'it is listed',
  );
}
