import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import type { CallOptions, UploadTicket } from '@videostorage/core';
import type { ConformanceCase } from './conformance-case.ts';
import { endsWith, refuses } from './expectations.ts';
import { type Scenario, user } from './scenario.ts';
import { create, playback, reads, removals, type StorageCall } from './storage-calls.ts';

/** Long enough to reach the provider, short enough for a suite. */
const DEADLINE_MS = 250;
/** Less than the ten seconds that a call has by default: a storage that ignores `timeoutMs` is noticed. */
const LATEST_MS = 9000;
const everyCall: readonly StorageCall[] = [...reads, create, ...removals, playback];

/** Calls when the provider does not answer, or the caller aborts. */
export const deadlines: readonly ConformanceCase[] = [
  {
    id: 'fault/hang/deadline',
    title: 'contract 18: a provider that does not answer ends in TIMEOUT at the deadline',
    needs: ['failNext'],
    async run(scenario) {
      const ticket = await scenario.readyTicket();
      for (const call of [...reads, ...removals]) {
        scenario.failOnce('hang');
        const startedMs = performance.now();
        const error = await refuses(call.run(scenario, ticket, { timeoutMs: DEADLINE_MS }), 'TIMEOUT');
        assert.equal(error.retryable, true);
        endsInTime(call, startedMs);
      }
      await createsInTime(scenario, ticket);
      assert.equal(await scenario.storage.videoExists('unknown'), false, 'the storage works again');
    },
  },
  {
    id: 'abort-signal/before',
    title: 'contract 18: with a signal that has aborted already, every method throws its reason and does nothing',
    async run(scenario) {
      const ticket = await scenario.readyTicket();
      for (const call of everyCall) {
        const reason = { gone: call.name };
        await endsWith(call.run(scenario, ticket, { signal: AbortSignal.abort(reason) }), reason);
      }
      assert.equal((await scenario.storage.getVideoMetadata(ticket.videoId)).status, 'ready', 'nothing was done');
    },
  },
  {
    id: 'abort-signal/facets',
    title: 'contract 18: with a signal that has aborted already, the calls of the facets throw its reason too',
    async run(scenario) {
      const { uploadReference } = await scenario.sent();
      const { multipart, maintenance } = scenario.storage;
      const facets: Readonly<Record<string, (options: CallOptions) => Promise<unknown> | undefined>> = {
        signParts: (options) => multipart?.signParts(uploadReference, [1], { ...user, ...options }),
        listParts: (options) => multipart?.listParts(uploadReference, { ...user, ...options }),
        sweep: (options) => maintenance?.sweep(options),
      };
      for (const [name, call] of Object.entries(facets)) {
        const reason = { gone: name };
        const made = call({ signal: AbortSignal.abort(reason) });
        if (made !== undefined) await endsWith(made, reason);
      }
    },
  },
  {
    id: 'options/deadline',
    title:
      'contract 18: a deadline that is not 1 to 2 147 483 647 milliseconds is refused, and never replaced by another deadline',
    async run(scenario) {
      const ticket = await scenario.readyTicket();
      for (const call of everyCall) {
        for (const timeoutMs of [0, -1, Number.NaN, 2 ** 31]) {
          await refuses(call.run(scenario, ticket, { timeoutMs }), 'VALIDATION_FAILED');
        }
      }
      assert.equal(await scenario.storage.videoExists(ticket.videoId, { timeoutMs: 2 ** 31 - 1 }), true);
    },
  },
  {
    id: 'abort-signal/during',
    title: 'contract 18: an abort while the provider does not answer ends the call with the reason of the signal',
    needs: ['failNext'],
    async run(scenario) {
      const ticket = await scenario.readyTicket();
      for (const call of [...reads, ...removals]) {
        const reason = new Error(`gone during ${call.name}`);
        const controller = new AbortController();
        scenario.failOnce('hang');
        const pending = call.run(scenario, ticket, { signal: controller.signal });
        setTimeout(() => controller.abort(reason), 20);
        await endsWith(pending, reason);
      }
    },
  },
  {
    id: 'abort-signal/left-alone',
    title: 'contract 18: a call that has ended has no listener on the caller’s signal',
    async run(scenario) {
      const ticket = await scenario.readyTicket();
      const { signal } = new AbortController();
      for (const call of everyCall) {
        await call.run(scenario, ticket, { signal });
        assert.equal(getEventListeners(signal, 'abort').length, 0, `${call.name} still listens`);
      }
    },
  },
];

/** A creation may be signed without a request; one that makes a request ends at the deadline too. */
async function createsInTime(scenario: Scenario, ticket: UploadTicket): Promise<void> {
  scenario.failOnce('hang');
  const startedMs = performance.now();
  const outcome = await create.run(scenario, ticket, { timeoutMs: DEADLINE_MS }).catch((error: unknown) => error);
  endsInTime(create, startedMs);
  if (outcome instanceof Error) await refuses(Promise.reject(outcome), 'TIMEOUT');
  else await scenario.useUpFault(DEADLINE_MS);
}

function endsInTime({ name }: StorageCall, startedMs: number): void {
  const elapsedMs = Math.round(performance.now() - startedMs);
  assert.ok(elapsedMs < LATEST_MS, `${name} with a deadline of ${DEADLINE_MS} ms has ended after ${elapsedMs} ms`);
}
