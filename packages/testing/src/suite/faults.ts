import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import type { CallOptions, UploadTicket } from '@videostorage/core';
import type { Fault } from '../storage-subject.ts';
import type { ConformanceCase } from './conformance-case.ts';
import { endsWith, refuses, thrownBy } from './expectations.ts';
import { type Scenario, user } from './scenario.ts';

const FAULTS: readonly Fault[] = ['server-error', 'throttled', 'reset', 'bad-response'];
const OUTAGE_CODES = ['BACKEND_UNAVAILABLE', 'BACKEND_THROTTLED', 'BACKEND_BAD_RESPONSE', 'TIMEOUT'] as const;
/** Long enough to reach the vendor, short enough for a suite. */
const DEADLINE_MS = 250;

/** One public method that may ask the vendor. */
interface Call {
  readonly name: string;
  /** `ticket` is that of a ready video. */
  run(scenario: Scenario, ticket: UploadTicket, options: CallOptions): Promise<unknown>;
}

const reads: readonly Call[] = [
  { name: 'videoExists', run: ({ storage }, { videoId }, options) => storage.videoExists(videoId, options) },
  { name: 'getVideoMetadata', run: ({ storage }, { videoId }, options) => storage.getVideoMetadata(videoId, options) },
  { name: 'listVideos', run: ({ storage }, _ticket, options) => storage.listVideos(options) },
  {
    name: 'confirmUpload',
    run: ({ storage }, { uploadReference }, options) => storage.confirmUpload(uploadReference, { ...user, ...options }),
  },
];
const removals: readonly Call[] = [
  { name: 'deleteVideo', run: ({ storage }, { videoId }, options) => storage.deleteVideo(videoId, options) },
  {
    name: 'abortUpload',
    run: ({ storage }, { uploadReference }, options) => storage.abortUpload(uploadReference, { ...user, ...options }),
  },
];
const mint: Call = {
  name: 'getUploadUrl',
  run: async (scenario, _ticket, options) => scenario.storage.getUploadUrl(await scenario.request(), options),
};
const playback: Call = {
  name: 'getPlaybackUrl',
  run: ({ storage }, { videoId }, options) => storage.getPlaybackUrl(videoId, options),
};
const everyCall: readonly Call[] = [...reads, ...removals, mint, playback];

/** What happens when the vendor fails, is silent, or the caller goes away. */
export const faults: readonly ConformanceCase[] = [
  ...FAULTS.flatMap((fault) => [
    {
      id: `fault/${fault}/once`,
      title: `one ${fault} is healed: reads and removals give what they give without it`,
      needs: ['failNext'] as const,
      run: (scenario: Scenario) => healsOnce(scenario, fault),
    },
    {
      id: `fault/${fault}/always`,
      title: `an outage (${fault}) is an error that can be retried, never "not there" and never success`,
      needs: ['failNext'] as const,
      run: (scenario: Scenario) => throwsInOutage(scenario, fault),
    },
    {
      id: `fault/${fault}/mint`,
      title: `a mint that meets ${fault} succeeds or says so; asking again gives one video`,
      needs: ['failNext'] as const,
      run: (scenario: Scenario) => mintsAgain(scenario, fault),
    },
    {
      id: `fault/${fault}/playback`,
      title: `playback asks nobody, so ${fault} does not reach it`,
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
    title: 'a single "not found" changes nothing for good',
    needs: ['failNext'],
    async run(scenario) {
      const ticket = await readyTicket(scenario);
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
    id: 'fault/hang/deadline',
    title: 'a silent vendor ends in TIMEOUT at the deadline',
    needs: ['failNext'],
    async run(scenario) {
      const ticket = await readyTicket(scenario);
      for (const call of [...reads, ...removals]) {
        scenario.failOnce('hang');
        await refuses(call.run(scenario, ticket, { timeoutMs: DEADLINE_MS }), 'TIMEOUT');
      }
      assert.equal(await scenario.storage.videoExists('unknown'), false, 'the storage works again');
    },
  },
  {
    id: 'abort-signal/before',
    title: 'a caller who has gone already hears the very reason from every method',
    async run(scenario) {
      const ticket = await readyTicket(scenario);
      for (const call of everyCall) {
        const reason = { gone: call.name };
        await endsWith(call.run(scenario, ticket, { signal: AbortSignal.abort(reason) }), reason);
      }
      assert.equal((await scenario.storage.getVideoMetadata(ticket.videoId)).status, 'ready', 'nothing was done');
    },
  },
  {
    id: 'abort-signal/during',
    title: 'a caller who goes while the vendor is silent hears the very reason',
    needs: ['failNext'],
    async run(scenario) {
      const ticket = await readyTicket(scenario);
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
    id: 'secrets/errors',
    title: 'T-H1: no error shows a reference, a signed URL or a secret',
    needs: ['failNext'],
    async run(scenario) {
      const ticket = await readyTicket(scenario);
      const { url } = await scenario.storage.getPlaybackUrl(ticket.videoId);
      const signature = url.split('?')[1] ?? url;
      const canaries = [ticket.uploadReference, signature, ...(scenario.subject.secrets ?? [])];
      for (const fault of FAULTS) {
        for (const call of reads) {
          const error = await failing(scenario, fault, call, ticket);
          const shown = [String(error), JSON.stringify(error), inspect(error, { showHidden: true, depth: 6 })].join(
            '\n',
          );
          for (const canary of canaries) assert.ok(!shown.includes(canary), `${call.name} shows a secret on ${fault}`);
        }
      }
    },
  },
];

async function healsOnce(scenario: Scenario, fault: Fault): Promise<void> {
  const ticket = await readyTicket(scenario);
  for (const call of reads) {
    const expected = await call.run(scenario, ticket, {});
    scenario.failOnce(fault);
    assert.deepEqual(await call.run(scenario, ticket, {}), expected, call.name);
  }
  scenario.failOnce(fault);
  await scenario.deleted(ticket.videoId);
  assert.equal(await scenario.storage.videoExists(ticket.videoId), false);
}

async function throwsInOutage(scenario: Scenario, fault: Fault): Promise<void> {
  const ticket = await readyTicket(scenario);
  scenario.failAlways(fault);
  for (const call of [...reads, ...removals]) {
    const error = await refuses(call.run(scenario, ticket, { timeoutMs: 60_000 }), ...OUTAGE_CODES);
    assert.equal(error.retryable, true);
    assert.equal(error.backendName, scenario.storage.backendName);
  }
}

async function mintsAgain(scenario: Scenario, fault: Fault): Promise<void> {
  const uploadId = 'abcdef0123456789abcdef0123456789';
  scenario.failOnce(fault);
  const first = await scenario.ticket({ uploadId }).catch((error: unknown) => error);
  if (first instanceof Error) await refuses(Promise.reject(first), ...OUTAGE_CODES);
  const ticket = await scenario.ticket({ uploadId });
  await scenario.send(ticket, await scenario.video());
  await scenario.confirm(ticket);
  await scenario.untilReady(ticket.videoId);
  const { videos } = await scenario.storage.listVideos();
  assert.deepEqual(
    videos.map((video) => video.videoId),
    [ticket.videoId],
  );
}

async function failing(scenario: Scenario, fault: Fault, call: Call, ticket: UploadTicket): Promise<unknown> {
  // More than one call can use up, so that the last attempt fails too.
  for (let count = 0; count < 4; count++) scenario.failOnce(fault);
  return thrownBy(call.run(scenario, ticket, { timeoutMs: 60_000 }));
}

async function readyTicket(scenario: Scenario): Promise<UploadTicket> {
  const ticket = await scenario.sent();
  await scenario.confirm(ticket);
  await scenario.untilReady(ticket.videoId);
  return ticket;
}
