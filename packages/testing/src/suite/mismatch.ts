import assert from 'node:assert/strict';
import type { UploadRequest, UploadTicket, VideoMetadata } from '@videostorage/core';
import { fixtures } from '../fixtures.ts';
import type { ConformanceCase } from './conformance-case.ts';
import { refuses } from './expectations.ts';
import type { Scenario } from './scenario.ts';

/**
 * What arrives is not what was promised: a storage may refuse it while receiving or at confirm. Only the outcome counts.
 */
export const mismatch: readonly ConformanceCase[] = [
  {
    id: 'mismatch/larger',
    title: 'one byte more than promised is never ready',
    async run(scenario) {
      const bytes = await scenario.video();
      await neverReady(scenario, { sizeBytes: bytes.length - 1 }, bytes, 'video/mp4');
    },
  },
  {
    id: 'mismatch/smaller',
    title: 'one byte less than promised is never ready',
    async run(scenario) {
      const bytes = await scenario.video();
      await neverReady(scenario, { sizeBytes: bytes.length + 1 }, bytes, 'video/mp4');
    },
  },
  {
    id: 'mismatch/type',
    title: 'another type than promised is never ready',
    async run(scenario) {
      const bytes = await fixtures.webm.read();
      await neverReady(scenario, { sizeBytes: bytes.length, mimeType: 'video/mp4' }, bytes, 'video/webm');
    },
  },
  {
    id: 'mismatch/empty',
    title: 'nothing at all is never ready',
    async run(scenario) {
      const bytes = await scenario.video();
      await neverReady(scenario, { sizeBytes: bytes.length }, new Uint8Array(), 'video/mp4');
    },
  },
  {
    id: 'mismatch/duration',
    title: 'a longer video than allowed is never ready, where the storage can tell how long it is',
    async run(scenario) {
      const ticket = await scenario.sent({ maxDurationSeconds: 1 });
      const refused = await scenario.confirm(ticket).then(
        () => false,
        () => true,
      );
      await scenario.subject.settle?.();
      if (refused) return staysRefused(scenario, ticket);
      const { durationSeconds } = await scenario.storage.getVideoMetadata(ticket.videoId);
      if (durationSeconds !== undefined) await staysRefused(scenario, ticket);
    },
  },
];

async function neverReady(
  scenario: Scenario,
  promise: Partial<UploadRequest>,
  bytes: Uint8Array,
  mimeType: string,
): Promise<void> {
  const ticket = await scenario.ticket(promise);
  // A storage may refuse already while it receives; then there is nothing to confirm.
  await scenario.send(ticket, bytes, mimeType).catch((error: unknown) => error);
  await staysRefused(scenario, ticket);
}

/** Confirm refuses at once, or, where a vendor reads the file later, in the end; and keeps refusing. Nothing is left. */
export async function staysRefused(scenario: Scenario, ticket: UploadTicket): Promise<void> {
  const first: unknown = await scenario.confirm(ticket).catch((error: unknown) => error);
  if (first instanceof Error) {
    await refuses(Promise.reject(first), 'CONTENT_MISMATCH', 'NOT_UPLOADED');
  } else {
    assert.equal((first as VideoMetadata).status, 'processing');
    await scenario.subject.settle?.();
    await refuses(scenario.confirm(ticket), 'CONTENT_MISMATCH', 'NOT_UPLOADED');
  }
  await refuses(scenario.confirm(ticket), 'CONTENT_MISMATCH', 'NOT_UPLOADED', 'VIDEO_NOT_FOUND');
  await scenario.isNeverReady(ticket.videoId);
  await scenario.isRefused(ticket.videoId);
  const { videos } = await scenario.storage.listVideos();
  assert.deepEqual(
    videos.filter((video) => video.videoId === ticket.videoId),
    [],
    'what is not as promised must be gone',
  );
}
