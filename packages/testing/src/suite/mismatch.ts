import assert from 'node:assert/strict';
import type { UploadRequest, UploadTicket } from '@videostorage/core';
import { fixtures } from '../fixtures.ts';
import type { ConformanceCase } from './conformance-case.ts';
import { refuses } from './expectations.ts';
import { type Scenario, user } from './scenario.ts';

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
];

async function neverReady(
  scenario: Scenario,
  promise: Partial<UploadRequest>,
  bytes: Uint8Array,
  mimeType: string,
): Promise<void> {
  const ticket = await scenario.ticket(promise);
  const refused = await refusesBytes(scenario, ticket, bytes, mimeType);
  const codes = refused
    ? (['NOT_UPLOADED', 'CONTENT_MISMATCH'] as const)
    : (['CONTENT_MISMATCH', 'NOT_UPLOADED'] as const);
  const confirm = scenario.storage.confirmUpload(ticket.uploadReference, user);
  const outcome = await confirm.then(
    (video) => video,
    async () => undefined,
  );
  if (outcome === undefined) {
    await refuses(scenario.confirm(ticket), ...codes);
  } else {
    // A vendor that reads the file later may still be at it; then it must fail in the end.
    assert.equal(outcome.status, 'processing');
    await scenario.subject.settle?.();
    await refuses(scenario.confirm(ticket), ...codes);
  }
  await scenario.isNeverReady(ticket.videoId);
  await scenario.isRefused(ticket.videoId);
}

async function refusesBytes(
  scenario: Scenario,
  ticket: UploadTicket,
  bytes: Uint8Array,
  mimeType: string,
): Promise<boolean> {
  return scenario.send(ticket, bytes, mimeType).then(
    () => false,
    () => true,
  );
}
