import assert from 'node:assert/strict';
import type { UploadTicket } from '@videostorage/core';
import type { ConformanceCase } from './conformance-case.ts';
import { refuses, sameBytes } from './expectations.ts';
import { staysRefused } from './mismatch.ts';
import { grantOrNone } from './playback.ts';
import { type Scenario, stranger, user } from './scenario.ts';
import { spellingsOf } from './spellings.ts';

const UPLOAD_ID = 'fedcba9876543210fedcba9876543210';
const OTHER_ID = '00112233445566778899aabbccddeeff';

/** When a video begins to exist, what its uploader can change afterwards, and that its id is used only once. */
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
    id: 'lifecycle/refused-sent-again',
    title: 'contract 3: a refused upload stays refused when its ticket is used again, with the right bytes',
    async run(scenario) {
      const bytes = await scenario.video();
      const ticket = await scenario.ticket();
      await scenario.send(ticket, bytes.subarray(0, -1)).catch((error: unknown) => error);
      await staysRefused(scenario, ticket);
      const { code } = await refuses(scenario.confirm(ticket), 'CONTENT_MISMATCH', 'VIDEO_NOT_FOUND', 'NOT_UPLOADED');
      // The storage refused the bytes while receiving them, so the upload can still be sent.
      if (code === 'NOT_UPLOADED') return;
      await scenario.send(ticket, bytes).catch((error: unknown) => error);
      await refuses(scenario.confirm(ticket), code);
      await isAbsent(scenario, ticket.videoId);
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
      'contract 6: the id of a confirmed upload creates no other upload: CONFLICT for its user, VIDEO_NOT_FOUND for others',
    async run(scenario) {
      const ticket = await scenario.readyTicket({ uploadId: UPLOAD_ID });
      await refuses(scenario.ticket({ uploadId: UPLOAD_ID }), 'CONFLICT');
      await refuses(scenario.ticket({ uploadId: UPLOAD_ID, userId: 'another-student' }), 'VIDEO_NOT_FOUND');
      assert.equal((await scenario.storage.getVideoMetadata(ticket.videoId)).userId, user.userId);
      sameBytes((await scenario.play(ticket.videoId)).bytes, await scenario.video());
    },
  },
  {
    id: 'lifecycle/id-ended',
    title: 'contract 6: the id of a cancelled upload, and that of a refused one, creates no other upload',
    async run(scenario) {
      const cancelled = await scenario.ticket({ uploadId: UPLOAD_ID });
      await scenario.storage.abortUpload(cancelled.uploadReference, user);
      await refuses(scenario.ticket({ uploadId: UPLOAD_ID }), 'VIDEO_NOT_FOUND');
      const refused = await refusedTicket(scenario, OTHER_ID);
      const { code } = await refuses(scenario.confirm(refused), 'CONTENT_MISMATCH', 'NOT_UPLOADED');
      if (code === 'CONTENT_MISMATCH') await refuses(scenario.ticket({ uploadId: OTHER_ID }), 'VIDEO_NOT_FOUND');
    },
  },
  {
    id: 'lifecycle/two-users',
    title: 'contract 11: the id of a pending upload gives another user neither its bytes nor its facts',
    async run(scenario) {
      const mine = await scenario.sent({ uploadId: UPLOAD_ID });
      const request = await scenario.request({ ...stranger, uploadId: UPLOAD_ID });
      const theirs = await scenario.storage.getUploadUrl(request).catch((error: unknown) => error as Error);
      if (theirs instanceof Error) await refuses(Promise.reject(theirs), 'VIDEO_NOT_FOUND');
      else {
        const confirming = scenario.storage.confirmUpload(theirs.uploadReference, stranger);
        await refuses(confirming, 'VIDEO_NOT_FOUND', 'NOT_UPLOADED');
      }
      const { userId = user.userId } = await scenario.confirm(mine);
      assert.equal(userId, user.userId);
      await isDelivered(scenario, mine.videoId);
    },
  },
  {
    id: 'lifecycle/confirm-beside-sending',
    title: 'contract 2: bytes that arrive while a confirm runs are never served in place of those that it verified',
    async run(scenario) {
      const bytes = await scenario.video();
      const longer = new Uint8Array(bytes.length + 1);
      longer.set(bytes);
      for (let round = 0; round < 5; round++) {
        const ticket = await scenario.sent();
        const confirmed = scenario.confirm(ticket).then(
          () => true,
          () => false,
        );
        await Promise.all([confirmed, scenario.send(ticket, longer).catch((error: unknown) => error)]);
        if (await confirmed) await isDelivered(scenario, ticket.videoId);
        else await scenario.isNeverReady(ticket.videoId);
      }
    },
  },
  {
    id: 'lifecycle/confirm-beside-abort',
    title: 'contract 3: confirm and cancel at the same time have one outcome, whichever is faster',
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
    title: 'contract 6: after confirm and delete at the same time there is no video',
    async run(scenario) {
      for (let round = 0; round < 5; round++) {
        const ticket = await scenario.sent();
        const confirmed = scenario.confirm(ticket).catch((error: unknown) => error);
        // Each time a little later, so that another step of the confirm is in progress.
        await new Promise((resolve) => setTimeout(resolve, round));
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
      const viewer = { ...user, role: 'role-canary', contextId: 'context-canary' };
      for (const downloadable of [false, true]) {
        const grant = await grantOrNone(scenario, videoId, { viewer, ...(downloadable && { downloadable }) });
        if (downloadable && grant === undefined) return;
        assert.ok(grant !== undefined);
        const { status, headers } = await scenario.subject.play(grant);
        assert.equal(status, 200);
        showsNothing('the grant', JSON.stringify(grant));
        showsNothing('a header', JSON.stringify([...(headers ?? [])]));
        if (grant.downloadUrl === undefined) continue;
        const download = await scenario.subject.play({ ...grant, url: grant.downloadUrl });
        showsNothing('a header of the download', JSON.stringify([...(download.headers ?? [])]));
      }
    },
  },
];

/** An upload that is one byte too short; a storage may refuse its bytes, or accept them. */
async function refusedTicket(scenario: Scenario, uploadId?: string): Promise<UploadTicket> {
  const bytes = await scenario.video();
  const ticket = await scenario.ticket({ sizeBytes: bytes.length + 1, uploadId });
  await scenario.send(ticket, bytes).catch((error: unknown) => error);
  return ticket;
}

/** The text must not contain anything personal, in any spelling. */
function showsNothing(what: string, shown: string): void {
  for (const secret of [user.userId, 'context-canary', 'name-canary', 'custom-canary', 'role-canary']) {
    for (const spelling of spellingsOf(secret)) {
      assert.equal(shown.includes(spelling), false, `${what} shows ${secret}`);
    }
  }
}

/** The video must play in the end, with exactly the bytes that were sent when the backend delivers the file itself. */
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
