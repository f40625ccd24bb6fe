import assert from 'node:assert/strict';
import type { ConformanceCase } from './conformance-case.ts';
import { refuses } from './expectations.ts';
import { stranger, user } from './scenario.ts';

const TWO_DAYS_AND_AN_HOUR_MS = 49 * 3_600_000;

/** Who may act on an upload, and how long. */
export const references: readonly ConformanceCase[] = [
  {
    id: 'references/foreign-user',
    title: 'T-C1: another user is told that there is nothing, and nothing happens',
    async run(scenario) {
      const ticket = await scenario.sent();
      const { uploadReference } = ticket;
      const foreign = await refuses(scenario.storage.confirmUpload(uploadReference, stranger), 'VIDEO_NOT_FOUND');
      const forged = await refuses(scenario.storage.confirmUpload('nonsense', stranger), 'VIDEO_NOT_FOUND');
      assert.deepEqual(foreign.toJSON(), forged.toJSON(), 'foreign and forged must look the same');
      await refuses(scenario.storage.abortUpload(uploadReference, stranger), 'VIDEO_NOT_FOUND');
      await scenario.confirm(ticket);
    },
  },
  {
    id: 'references/forged',
    title: 'a changed, cut or invented reference is refused',
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
    id: 'references/expired',
    title: 'a reference ends a day after its ticket',
    needs: ['clock'],
    async run(scenario) {
      const ticket = await scenario.ticket();
      scenario.subject.clock?.advance(TWO_DAYS_AND_AN_HOUR_MS);
      await refuses(scenario.confirm(ticket), 'UPLOAD_EXPIRED');
      await refuses(scenario.storage.abortUpload(ticket.uploadReference, user), 'UPLOAD_EXPIRED');
    },
  },
  {
    id: 'references/late-confirm',
    title: 'what arrived in time can be confirmed after the ticket’s end',
    needs: ['clock'],
    async run(scenario) {
      const ticket = await scenario.sent();
      const { clock } = scenario.subject;
      clock?.advance(Date.parse(ticket.expiresAt) - clock.now() + 60_000);
      assert.equal((await scenario.confirm(ticket)).videoId, ticket.videoId);
    },
  },
  {
    id: 'references/replayed',
    title: 'the reference of a deleted video brings nothing back',
    async run(scenario) {
      const ticket = await scenario.sent();
      await scenario.confirm(ticket);
      await scenario.deleted(ticket.videoId);
      await refuses(scenario.confirm(ticket), 'NOT_UPLOADED', 'VIDEO_NOT_FOUND', 'CONTENT_MISMATCH');
      assert.equal(await scenario.storage.videoExists(ticket.videoId), false);
    },
  },
  {
    id: 'references/own-upload',
    title: 'a reference confirms its own upload only',
    async run(scenario) {
      const sent = await scenario.sent();
      const other = await scenario.ticket();
      await refuses(scenario.confirm(other), 'NOT_UPLOADED');
      assert.equal((await scenario.confirm(sent)).videoId, sent.videoId);
    },
  },
];
