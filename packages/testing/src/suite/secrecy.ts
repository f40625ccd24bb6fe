import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import type { Fault } from '../storage-subject.ts';
import type { ConformanceCase } from './conformance-case.ts';
import { type Scenario, stranger, user } from './scenario.ts';
import { spellingsOf } from './spellings.ts';
import { create, reads, removals } from './storage-calls.ts';

const FAULTS: readonly Fault[] = ['server-error', 'throttled', 'reset', 'bad-response', 'not-found-once'];

/** Secrets must not appear in errors and answers. */
export const secrecy: readonly ConformanceCase[] = [
  {
    id: 'secrets/errors',
    title: 'contract 19, T-H1: no error contains a reference, a signed URL or a secret, in any encoding',
    needs: ['failNext'],
    async run(scenario) {
      const ticket = await scenario.readyTicket();
      const { url } = await scenario.storage.getPlaybackUrl(ticket.videoId);
      const canaries = [ticket.uploadReference, url.split('?')[1] ?? url, ...secretsOf(scenario)];
      for (const fault of FAULTS) {
        for (const call of [...reads, create, ...removals]) {
          scenario.failAlways(fault);
          const outcome: unknown = await call.run(scenario, ticket, { timeoutMs: 60_000 }).catch((error) => error);
          if (outcome instanceof Error) showsNone(`${call.name} on ${fault}`, shownOf(outcome), canaries);
        }
      }
    },
  },
  {
    id: 'secrets/refusals',
    title: 'contract 19: no refusal of a request contains a reference or a secret',
    async run(scenario) {
      const { storage } = scenario;
      const { uploadReference, videoId } = await scenario.ticket();
      const refusals: readonly (() => Promise<unknown> | undefined)[] = [
        () => storage.confirmUpload(uploadReference, user),
        () => storage.confirmUpload(uploadReference, stranger),
        () => storage.confirmUpload(`${uploadReference}A`, user),
        () => storage.abortUpload(uploadReference, stranger),
        () => storage.confirmUpload(uploadReference, Object({ ...user, dryRun: true })),
        () => storage.getVideoMetadata(videoId),
        () => storage.multipart?.listParts(uploadReference, stranger),
      ];
      for (const refusal of refusals) {
        const outcome: unknown = await refusal()?.catch((error: unknown) => error);
        if (outcome instanceof Error)
          showsNone('a refusal', shownOf(outcome), [uploadReference, ...secretsOf(scenario)]);
      }
    },
  },
  {
    id: 'secrets/answers',
    title: 'contract 19: no answer contains a secret, and no metadata a reference or a signed URL',
    async run(scenario) {
      const { storage } = scenario;
      const ticket = await scenario.sent();
      const confirmed = await scenario.confirm(ticket);
      const ready = await scenario.untilReady(ticket.videoId);
      const playback = await storage.getPlaybackUrl(ticket.videoId, { viewer: { ...user, role: 'student' } });
      const metadata = [confirmed, ready, await storage.listVideos()];
      const secrets = secretsOf(scenario);
      showsNone('an answer', JSON.stringify([ticket, playback, metadata]), secrets);
      showsNone('metadata', JSON.stringify(metadata), [ticket.uploadReference, playback.url, ...secrets]);
    },
  },
];

function secretsOf(scenario: Scenario): readonly string[] {
  return scenario.subject.secrets ?? [];
}

function shownOf(error: Error): string {
  return [String(error), error.stack, JSON.stringify(error), inspect(error, { showHidden: true, depth: 6 })].join('\n');
}

function showsNone(what: string, shown: string, canaries: readonly string[]): void {
  for (const canary of canaries) {
    for (const spelling of spellingsOf(canary)) assert.ok(!shown.includes(spelling), `${what} shows a secret`);
  }
}
