import assert from 'node:assert/strict';
import type { CallOptions, MultipartTicket, MultipartUploads } from '@videostorage/core';
import type { ConformanceCase } from './conformance-case.ts';
import { endsWith, isTimestamp, outageCodes, refuses, sameBytes, survivesJson } from './expectations.ts';
import { staysRefused } from './mismatch.ts';
import { type Scenario, stranger, user } from './scenario.ts';

/** Uploads in parts, for storages that have the facet. */
export const multipart: readonly ConformanceCase[] = [
  {
    id: 'multipart/round-trip',
    title: 'contract 16: parts are signed, listed, joined by confirm and delivered in order',
    needs: ['multipart'],
    async run(scenario) {
      const { ticket, facet, bytes } = await begin(scenario);
      assert.deepEqual(await facet.listParts(ticket.uploadReference, user), [], 'nothing has been sent');
      await scenario.send(ticket, bytes);
      const parts = await facet.listParts(ticket.uploadReference, user);
      survivesJson(parts);
      assert.deepEqual(
        parts.map((part) => part.partNumber),
        Array.from({ length: ticket.partCount }, (_, index) => index + 1),
      );
      assert.equal(
        parts.reduce((sum, part) => sum + part.sizeBytes, 0),
        bytes.length,
      );
      await scenario.confirm(ticket);
      await scenario.untilReady(ticket.videoId);
      sameBytes((await scenario.play(ticket.videoId)).bytes, bytes);
      assert.equal((await scenario.confirm(ticket)).videoId, ticket.videoId, 'confirm must be repeatable');
    },
  },
  {
    id: 'multipart/incomplete',
    title: 'contract 16: a confirm while a part is missing is NOT_UPLOADED, and the upload can continue',
    needs: ['multipart'],
    async run(scenario) {
      const { ticket, facet, bytes } = await begin(scenario);
      const firstOnly = { ...ticket, partCount: 1 };
      await scenario.send(firstOnly, bytes.subarray(0, ticket.partSizeBytes));
      await refuses(scenario.confirm(ticket), 'NOT_UPLOADED');
      assert.equal((await facet.listParts(ticket.uploadReference, user)).length, 1);
      await scenario.send(ticket, bytes);
      assert.equal((await scenario.confirm(ticket)).videoId, ticket.videoId);
    },
  },
  {
    id: 'multipart/limits',
    title: 'contract 16, T-A4: a call signs 1–100 parts, with numbers within the plan and their exact sizes',
    needs: ['multipart'],
    async run(scenario) {
      const { ticket, facet, bytes } = await begin(scenario);
      const sign = (numbers: readonly number[]) => facet.signParts(ticket.uploadReference, numbers, user);
      const tooMany = Array.from({ length: 101 }, () => 1);
      for (const wrong of [[], tooMany, [0], [-1], [1.5], [10_001], [ticket.partCount + 1]]) {
        await refuses(sign(wrong), 'VALIDATION_FAILED');
      }
      // Signed in the order of the request.
      const [last, first] = await sign([ticket.partCount, 1]);
      survivesJson([first, last]);
      isTimestamp('expiresAt', first?.expiresAt ?? '');
      assert.deepEqual([first?.partNumber, last?.partNumber], [1, ticket.partCount]);
      assert.equal(first?.sizeBytes, ticket.partSizeBytes);
      assert.equal(last?.sizeBytes, bytes.length - (ticket.partCount - 1) * ticket.partSizeBytes);
    },
  },
  {
    id: 'multipart/larger',
    title: 'contract 16, T-A4: more bytes than declared are never ready',
    needs: ['multipart'],
    async run(scenario) {
      const { ticket, bytes } = await begin(scenario);
      const longer = new Uint8Array(bytes.length + 1);
      longer.set(bytes);
      await scenario.send(ticket, longer).catch((error: unknown) => error);
      await staysRefused(scenario, ticket);
    },
  },
  {
    id: 'multipart/sent-again',
    title: 'contract 2, contract 16: a part whose URL is used again after the confirm changes nothing',
    needs: ['multipart'],
    async run(scenario) {
      const { ticket, facet, bytes } = await begin(scenario);
      const numbers = Array.from({ length: ticket.partCount }, (_, index) => index + 1);
      const signed = await facet.signParts(ticket.uploadReference, numbers, user);
      await scenario.send(ticket, bytes);
      await scenario.confirm(ticket);
      const { revision } = await scenario.untilReady(ticket.videoId);
      const other = bytes.toReversed();
      await scenario.send(ticket, other).catch((error: unknown) => error);
      await scenario.sendParts(ticket, other, signed).catch((error: unknown) => error);
      await scenario.confirm(ticket).catch((error: unknown) => error);
      assert.equal((await scenario.untilReady(ticket.videoId)).revision, revision);
      sameBytes((await scenario.play(ticket.videoId)).bytes, bytes);
    },
  },
  {
    id: 'multipart/parallel',
    title: 'contract 16: ten simultaneous confirms join the parts once',
    needs: ['multipart'],
    async run(scenario) {
      const { ticket, bytes } = await begin(scenario);
      await scenario.send(ticket, bytes);
      const answers = await Promise.all(Array.from({ length: 10 }, () => scenario.confirm(ticket)));
      for (const answer of answers) assert.deepEqual(answer, answers[0], 'all answers must be the same');
      await scenario.untilReady(ticket.videoId);
      sameBytes((await scenario.play(ticket.videoId)).bytes, bytes);
    },
  },
  {
    id: 'multipart/faults',
    title: 'contract 16: one fault is retried, an outage is never "no parts", deadline and abort end the call',
    needs: ['multipart', 'failNext'],
    async run(scenario) {
      const { ticket, facet, bytes } = await begin(scenario);
      await scenario.send(ticket, bytes);
      const list = (options: CallOptions = {}) => facet.listParts(ticket.uploadReference, { ...user, ...options });
      const expected = await list();
      for (const fault of ['server-error', 'throttled', 'reset', 'bad-response'] as const) {
        scenario.failOnce(fault);
        assert.deepEqual(await list(), expected, fault);
      }
      scenario.failOnce('hang');
      await refuses(list({ timeoutMs: 250 }), 'TIMEOUT');
      const reason = { gone: 'listParts' };
      await endsWith(list({ signal: AbortSignal.abort(reason) }), reason);
      scenario.failAlways('server-error');
      await refuses(list({ timeoutMs: 60_000 }), ...outageCodes);
    },
  },
  {
    id: 'multipart/foreign-user',
    title: 'contract 16: another user can neither sign nor list parts',
    needs: ['multipart'],
    async run(scenario) {
      const { ticket, facet } = await begin(scenario);
      await refuses(facet.signParts(ticket.uploadReference, [1], stranger), 'VIDEO_NOT_FOUND');
      await refuses(facet.listParts(ticket.uploadReference, stranger), 'VIDEO_NOT_FOUND');
    },
  },
  {
    id: 'multipart/expired',
    title: 'contract 16: no part is signed after the end of the ticket, and none for longer than that',
    needs: ['multipart', 'clock'],
    async run(scenario) {
      const { ticket, facet } = await begin(scenario);
      const { clock } = scenario.subject;
      const sign = () => facet.signParts(ticket.uploadReference, [1], user);
      clock?.advance(Date.parse(ticket.expiresAt) - clock.now() - 60_000);
      const [last] = await sign();
      assert.ok(Date.parse(last?.expiresAt ?? '') <= Date.parse(ticket.expiresAt), 'a part must end with its ticket');
      clock?.advance(60_000);
      await refuses(sign(), 'UPLOAD_EXPIRED');
      assert.deepEqual(
        await facet.listParts(ticket.uploadReference, user),
        [],
        'parts must be listed until the reference ends',
      );
    },
  },
  {
    id: 'multipart/abort',
    title: 'contract 16: cancelling an upload releases its parts',
    needs: ['multipart'],
    async run(scenario) {
      const { ticket, facet, bytes } = await begin(scenario);
      await scenario.send(ticket, bytes);
      await scenario.storage.abortUpload(ticket.uploadReference, user);
      assert.deepEqual(await facet.listParts(ticket.uploadReference, user), []);
      await refuses(scenario.confirm(ticket), 'NOT_UPLOADED', 'VIDEO_NOT_FOUND');
    },
  },
];

async function begin(scenario: Scenario): Promise<{
  readonly ticket: MultipartTicket;
  readonly facet: MultipartUploads;
  readonly bytes: Uint8Array;
}> {
  const sizeBytes = scenario.subject.multipartSizeBytes ?? 0;
  const video = await scenario.video();
  // A real video followed by padding: containers ignore what follows their last box.
  const bytes = new Uint8Array(sizeBytes);
  bytes.set(video);
  const ticket = await scenario.ticket({ sizeBytes });
  const facet = scenario.multipart;
  assert.ok(ticket.protocol === 'multipart', 'a multipart ticket was expected');
  assert.ok(ticket.partCount >= 2, '`multipartSizeBytes` of the subject must make at least two parts');
  return { ticket, facet, bytes };
}
