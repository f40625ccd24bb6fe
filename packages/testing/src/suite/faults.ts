import assert from 'node:assert/strict';
import type { Fault } from '../storage-subject.ts';
import type { ConformanceCase } from './conformance-case.ts';
import { outageCodes, refuses } from './expectations.ts';
import { type Scenario, user } from './scenario.ts';
import { reads, removals } from './storage-calls.ts';

const HANG_DEADLINE_MS = 250;
const FAULTS: readonly Fault[] = ['server-error', 'throttled', 'reset', 'bad-response'];

/** Calls when the provider fails, once or for as long as the call lasts. */
export const faults: readonly ConformanceCase[] = [
  ...FAULTS.flatMap((fault) => [
    {
      id: `fault/${fault}/once`,
      title: `contract 17: one ${fault} is retried: reads and removals have the same results as without it`,
      needs: ['failNext'] as const,
      run: (scenario: Scenario) => retriesOnce(scenario, fault),
    },
    {
      id: `fault/${fault}/always`,
      title: `contract 7: an outage (${fault}) is a retryable error, never "not found" and never success`,
      needs: ['failNext'] as const,
      run: (scenario: Scenario) => throwsInOutage(scenario, fault),
    },
    {
      id: `fault/${fault}/create`,
      title: `contract 8: with one ${fault} a creation succeeds or throws; repeating it leads to one video`,
      needs: ['failNext'] as const,
      run: (scenario: Scenario) => createsAgain(scenario, fault),
    },
    {
      id: `fault/${fault}/playback`,
      title: `contract 15: playback is signed without a request, so ${fault} does not affect it`,
      needs: ['failNext'] as const,
      async run(scenario: Scenario) {
        const { videoId } = await scenario.ready();
        scenario.failAlways(fault);
        assert.equal((await scenario.storage.getPlaybackUrl(videoId)).videoId, videoId);
      },
    },
  ]),
  {
    id: 'fault/not-found-once',
    title: 'contract 7: a single "not found" changes nothing permanently',
    needs: ['failNext'],
    async run(scenario) {
      const ticket = await scenario.readyTicket();
      scenario.failOnce('not-found-once');
      const outcome = await scenario.storage.videoExists(ticket.videoId).catch((error: unknown) => error);
      assert.ok(typeof outcome === 'boolean' || outcome instanceof Error);
      scenario.failOnce('not-found-once');
      await scenario.confirm(ticket).catch((error: unknown) => error);
      assert.equal(await scenario.storage.videoExists(ticket.videoId), true, 'the video must still be there');
      assert.equal((await scenario.confirm(ticket)).videoId, ticket.videoId);
      assert.equal((await scenario.play(ticket.videoId)).status, 200);
    },
  },
  {
    id: 'fault/hang/create',
    title: 'contract 8: a creation to which the provider did not answer can be repeated and leads to one video',
    needs: ['failNext'],
    run: (scenario) => createsAgain(scenario, 'hang'),
  },
];

async function retriesOnce(scenario: Scenario, fault: Fault): Promise<void> {
  const ticket = await scenario.readyTicket();
  const other = await scenario.sent();
  for (const call of reads) {
    const expected = await call.run(scenario, ticket, {});
    scenario.failOnce(fault);
    assert.deepEqual(await call.run(scenario, ticket, {}), expected, call.name);
  }
  scenario.failOnce(fault);
  await scenario.deleted(ticket.videoId);
  assert.equal(await scenario.storage.videoExists(ticket.videoId), false, 'deleteVideo');
  scenario.failOnce(fault);
  await scenario.storage.abortUpload(other.uploadReference, user);
  assert.equal(await scenario.storage.videoExists(other.videoId), false, 'abortUpload');
}

async function throwsInOutage(scenario: Scenario, fault: Fault): Promise<void> {
  const ticket = await scenario.readyTicket();
  scenario.failAlways(fault);
  for (const call of [...reads, ...removals]) {
    const error = await refuses(call.run(scenario, ticket, { timeoutMs: 60_000 }), ...outageCodes);
    assert.equal(error.retryable, true);
    assert.equal(error.backendName, scenario.storage.backendName);
  }
}

async function createsAgain(scenario: Scenario, fault: Fault): Promise<void> {
  const uploadId = 'abcdef0123456789abcdef0123456789';
  const timeoutMs = fault === 'hang' ? HANG_DEADLINE_MS : 60_000;
  const create = async () => scenario.storage.getUploadUrl(await scenario.request({ uploadId }), { timeoutMs });
  scenario.failOnce(fault);
  const first: unknown = await create().catch((error: unknown) => error);
  if (first instanceof Error) await refuses(Promise.reject(first), ...outageCodes);
  else if (fault === 'hang') await scenario.useUpFault(HANG_DEADLINE_MS);
  const second = await create().catch((error: unknown) => error as Error);
  // A provider that hangs does not answer the listing either, which must end in time too.
  if (second instanceof Error && fault === 'hang') return void (await refuses(Promise.reject(second), 'TIMEOUT'));
  if (second instanceof Error) throw second;
  await scenario.send(second, await scenario.video());
  await scenario.confirm(second);
  await scenario.untilReady(second.videoId);
  const { videos } = await scenario.storage.listVideos();
  assert.deepEqual(
    videos.map((video) => video.videoId),
    [second.videoId],
  );
}
