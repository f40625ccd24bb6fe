import assert from 'node:assert/strict';
import {
  type ConfirmOptions,
  isVideoStorageError,
  type UploadRequest,
  type UploadTicket,
  type VideoMetadata,
} from '@videostorage/core';
import { fixtures } from '../fixtures.ts';
import type { ConformanceCase } from './conformance-case.ts';
import { refuses } from './expectations.ts';
import { type Scenario, user } from './scenario.ts';

/**
 * Content that differs from the declaration. A storage may refuse it while receiving it or at confirm: only the outcome counts.
 */
export const mismatch: readonly ConformanceCase[] = [
  {
    id: 'mismatch/larger',
    title: 'contract 4: one byte more than declared is never ready',
    async run(scenario) {
      const bytes = await scenario.video();
      await neverReady(scenario, { sizeBytes: bytes.length - 1 }, bytes, 'video/mp4');
    },
  },
  {
    id: 'mismatch/smaller',
    title: 'contract 4: one byte less than declared is never ready',
    async run(scenario) {
      const bytes = await scenario.video();
      await neverReady(scenario, { sizeBytes: bytes.length + 1 }, bytes, 'video/mp4');
    },
  },
  {
    id: 'mismatch/type',
    title: 'contract 4: another type than declared is never ready',
    async run(scenario) {
      const bytes = await fixtures.webm.read();
      await neverReady(scenario, { sizeBytes: bytes.length, mimeType: 'video/mp4' }, bytes, 'video/webm');
    },
  },
  {
    id: 'mismatch/empty',
    title: 'contract 4: an empty upload is never ready',
    async run(scenario) {
      const bytes = await scenario.video();
      await neverReady(scenario, { sizeBytes: bytes.length }, new Uint8Array(), 'video/mp4');
    },
  },
  {
    id: 'mismatch/duration',
    title: 'contract 4: a video longer than allowed is never ready; when its duration is unknown its bytes are kept',
    async run(scenario) {
      const ticket = await scenario.sent({ maxDurationSeconds: 1 });
      const first: unknown = await scenario.confirm(ticket).catch((error: unknown) => error);
      if (!(isVideoStorageError(first) && first.code === 'CONTENT_UNVERIFIABLE')) return staysRefused(scenario, ticket);
      await refuses(scenario.confirm(ticket), 'CONTENT_UNVERIFIABLE');
      assert.equal(await scenario.storage.videoExists(ticket.videoId), false);
      await scenario.isRefused(ticket.videoId);
      const options = { ...user, acceptUnverified: true };
      const accepted = await scenario.storage.confirmUpload(ticket.uploadReference, options);
      assert.equal(accepted.videoId, ticket.videoId);
      await scenario.untilReady(ticket.videoId);
      assert.equal((await scenario.confirm(ticket)).status, 'ready', 'an accepted video must stay ready');
    },
  },
  {
    id: 'mismatch/accept-unverified',
    title:
      'contract 4: accepting unverified content accepts neither missing bytes nor content that contradicts the declaration',
    async run(scenario) {
      const accepting = { ...user, acceptUnverified: true };
      const pending = await scenario.ticket();
      await refuses(scenario.storage.confirmUpload(pending.uploadReference, accepting), 'NOT_UPLOADED');
      const bytes = await scenario.video();
      const ticket = await scenario.ticket({ sizeBytes: bytes.length + 1 });
      await scenario.send(ticket, bytes).catch((error: unknown) => error);
      await staysRefused(scenario, ticket, accepting);
    },
  },
];

async function neverReady(
  scenario: Scenario,
  declared: Partial<UploadRequest>,
  bytes: Uint8Array,
  mimeType: string,
): Promise<void> {
  const ticket = await scenario.ticket(declared);
  // A storage may refuse the bytes while receiving them; then there is nothing to confirm.
  await scenario.send(ticket, bytes, mimeType).catch((error: unknown) => error);
  await staysRefused(scenario, ticket);
}

/**
 * Confirm must refuse the upload, at once or after the provider has read the file, and refuse it again when repeated. No bytes
 * may remain.
 */
export async function staysRefused(
  scenario: Scenario,
  ticket: UploadTicket,
  options: ConfirmOptions = user,
): Promise<void> {
  const confirm = () => scenario.storage.confirmUpload(ticket.uploadReference, options);
  const first: unknown = await confirm().catch((error: unknown) => error);
  if (first instanceof Error) {
    await refuses(Promise.reject(first), 'CONTENT_MISMATCH', 'NOT_UPLOADED');
  } else {
    assert.equal((first as VideoMetadata).status, 'processing');
    await scenario.subject.settle?.();
    await refuses(confirm(), 'CONTENT_MISMATCH', 'NOT_UPLOADED');
  }
  await refuses(confirm(), 'CONTENT_MISMATCH', 'NOT_UPLOADED', 'VIDEO_NOT_FOUND');
  await scenario.isNeverReady(ticket.videoId);
  await scenario.isRefused(ticket.videoId);
  const { videos } = await scenario.storage.listVideos();
  assert.deepEqual(
    videos.filter((video) => video.videoId === ticket.videoId),
    [],
    'content that differs from the declaration must be gone',
  );
}
