import assert from 'node:assert/strict';
import type { UploadTicket } from '@videostorage/core';
import type { ConformanceCase } from './conformance-case.ts';
import { refuses } from './expectations.ts';
import { stranger, user } from './scenario.ts';

const DAY_MS = 24 * 3_600_000;
const MINUTE_MS = 60_000;
/** A text of this length may be a signature: base64 of 32 bytes is longer. */
const SIGNATURE_LENGTH = 40;

/** Who may act on an upload, and for how long. */
export const references: readonly ConformanceCase[] = [
  {
    id: 'references/foreign-user',
    title: 'contract 13, T-C1: for another user every call is VIDEO_NOT_FOUND and changes nothing',
    async run(scenario) {
      const ticket = await scenario.sent();
      const { uploadReference } = ticket;
      const foreign = await refuses(scenario.storage.confirmUpload(uploadReference, stranger), 'VIDEO_NOT_FOUND');
      const forged = await refuses(scenario.storage.confirmUpload('nonsense', stranger), 'VIDEO_NOT_FOUND');
      assert.deepEqual(
        foreign.toJSON(),
        forged.toJSON(),
        'the errors for a foreign and a forged reference must be the same',
      );
      await refuses(scenario.storage.abortUpload(uploadReference, stranger), 'VIDEO_NOT_FOUND');
      await scenario.confirm(ticket);
    },
  },
  {
    id: 'references/forged',
    title: 'contract 13: a changed, shortened or invented reference is refused',
    async run(scenario) {
      const { uploadReference } = await scenario.sent();
      const middle = Math.floor(uploadReference.length / 2);
      const other = uploadReference[middle] === 'A' ? 'B' : 'A';
      const forgeries = [
        `${uploadReference.slice(0, middle)}${other}${uploadReference.slice(middle + 1)}`,
        uploadReference.slice(0, -1),
        `${uploadReference}A`,
        uploadReference.toUpperCase(),
        '',
        '.',
        '../../etc/passwd',
        'x'.repeat(100_000),
        '\u0000',
      ];
      for (const forgery of forgeries) {
        await refuses(scenario.storage.confirmUpload(forgery, user), 'VIDEO_NOT_FOUND');
        await refuses(scenario.storage.abortUpload(forgery, user), 'VIDEO_NOT_FOUND');
      }
    },
  },
  {
    id: 'references/no-user',
    title: 'contract 13: without a user, or with one that only looks the same, a call is VIDEO_NOT_FOUND',
    async run(scenario) {
      const ticket = await scenario.sent();
      const { userId } = user;
      const wrong: readonly unknown[] = [
        undefined,
        null,
        '',
        [userId],
        userId.slice(0, -1),
        `${userId}0`,
        ` ${userId}`,
      ];
      for (const other of [...wrong, userId.toUpperCase()]) {
        const options = { userId: other } as typeof stranger;
        await refuses(scenario.storage.confirmUpload(ticket.uploadReference, options), 'VIDEO_NOT_FOUND');
        await refuses(scenario.storage.abortUpload(ticket.uploadReference, options), 'VIDEO_NOT_FOUND');
      }
      await scenario.confirm(ticket);
    },
  },
  {
    id: 'references/rewritten',
    title: 'contract 13: the readable part of a reference cannot be changed: neither its user nor its video',
    async run(scenario) {
      const [sent, other] = [await scenario.sent(), await scenario.ticket()];
      const stolen = rewritten(sent.uploadReference, user.userId, stranger.userId);
      if (stolen !== undefined) await refuses(scenario.storage.confirmUpload(stolen, stranger), 'VIDEO_NOT_FOUND');
      const moved = rewritten(other.uploadReference, other.videoId, sent.videoId);
      if (moved !== undefined) await refuses(scenario.storage.confirmUpload(moved, user), 'VIDEO_NOT_FOUND');
      if (moved !== undefined) await refuses(scenario.storage.abortUpload(moved, user), 'VIDEO_NOT_FOUND');
      await scenario.confirm(sent);
    },
  },
  {
    id: 'references/late-sending',
    title: 'contract 11, T-A3: an expired ticket accepts no bytes, where the storage enforces its tickets',
    needs: ['clock'],
    async run(scenario) {
      const [ticket, other] = [await scenario.ticket(), await scenario.ticket()];
      const video = await scenario.video();
      const acceptsForged = await scenario.send(forgedTicket(other), video).then(
        () => true,
        () => false,
      );
      if (acceptsForged) return;
      scenario.subject.clock?.advance(Date.parse(ticket.expiresAt) - scenario.nowMs + 60_000);
      await assert.rejects(scenario.send(ticket, video), 'the bytes were accepted');
      await refuses(scenario.confirm(ticket), 'NOT_UPLOADED', 'UPLOAD_EXPIRED', 'VIDEO_NOT_FOUND');
    },
  },
  {
    id: 'references/expired',
    title: 'contract 5, contract 13: a reference ends a day after its ticket, and still cancels its upload',
    needs: ['clock'],
    async run(scenario) {
      const ticket = await scenario.ticket();
      scenario.subject.clock?.advance(Date.parse(ticket.expiresAt) - scenario.nowMs + DAY_MS + MINUTE_MS);
      await refuses(scenario.confirm(ticket), 'UPLOAD_EXPIRED');
      await scenario.storage.abortUpload(ticket.uploadReference, user);
      await refuses(scenario.storage.abortUpload(ticket.uploadReference, stranger), 'VIDEO_NOT_FOUND');
    },
  },
  {
    id: 'references/late-confirm',
    title: 'contract 13: what arrived in time can be confirmed for a day after the ticket’s end',
    needs: ['clock'],
    async run(scenario) {
      const ticket = await scenario.sent();
      const { clock } = scenario.subject;
      clock?.advance(Date.parse(ticket.expiresAt) - clock.now() + DAY_MS - MINUTE_MS);
      assert.equal((await scenario.confirm(ticket)).videoId, ticket.videoId);
    },
  },
  {
    id: 'references/replayed',
    title: 'contract 6: the reference of a deleted video does not restore it',
    async run(scenario) {
      const ticket = await scenario.sent();
      await scenario.confirm(ticket);
      await scenario.deleted(ticket.videoId);
      await refuses(scenario.confirm(ticket), 'VIDEO_NOT_FOUND');
      assert.equal(await scenario.storage.videoExists(ticket.videoId), false);
    },
  },
  {
    id: 'references/own-upload',
    title: 'contract 13: a reference confirms its own upload only',
    async run(scenario) {
      const sent = await scenario.sent();
      const other = await scenario.ticket();
      await refuses(scenario.confirm(other), 'NOT_UPLOADED');
      assert.equal((await scenario.confirm(sent)).videoId, sent.videoId);
    },
  },
];

/** The reference with a readable word replaced; undefined when it does not contain that word. */
function rewritten(uploadReference: string, word: string, other: string): string | undefined {
  const parts = uploadReference.split('.');
  const index = parts.findIndex((part) => Buffer.from(part, 'base64url').includes(word));
  if (index < 0) return undefined;
  const text = Buffer.from(parts[index] ?? '', 'base64url').toString('utf8');
  return parts.with(index, Buffer.from(text.replaceAll(word, other)).toString('base64url')).join('.');
}

/** The ticket with a broken signature: in the long fields of a form, else at the end of the URL. */
function forgedTicket(ticket: UploadTicket): UploadTicket {
  if (ticket.protocol === 'multipart') return ticket;
  const fields = ticket.protocol === 'post' ? ticket.fields : {};
  const isSigned = Object.values(fields).some((value) => value.length >= SIGNATURE_LENGTH);
  if (!isSigned || ticket.protocol !== 'post') return { ...ticket, url: corrupted(ticket.url) };
  const spoil = ([name, value]: readonly [string, string]) =>
    [name, value.length >= SIGNATURE_LENGTH ? corrupted(value) : value] as const;
  return { ...ticket, fields: Object.fromEntries(Object.entries(fields).map(spoil)) };
}

/** Changes the text so that it decodes to other bytes, even when its last characters are padding. */
function corrupted(text: string): string {
  return `${text.slice(0, -4)}${text.endsWith('AAAA') ? 'BBBB' : 'AAAA'}`;
}
