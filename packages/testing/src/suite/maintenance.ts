import assert from 'node:assert/strict';
import type { ConformanceCase } from './conformance-case.ts';
import { outageCodes, refuses } from './expectations.ts';
import { user } from './scenario.ts';

/** Longer than any reference is valid. */
const AFTER_EVERY_REFERENCE_MS = 49 * 3_600_000;
/** Less than the time for which a reference is valid after its ticket has expired. */
const ALMOST_A_DAY_MS = 24 * 3_600_000 - 60_000;

/** The sweep (contract 10), for storages that have the facet. */
export const maintenance: readonly ConformanceCase[] = [
  {
    id: 'maintenance/frees',
    title: 'contract 10: an upload that was not confirmed before its reference ended is freed, and a video is not',
    needs: ['maintenance', 'clock'],
    async run(scenario) {
      const video = await scenario.ready();
      const forgotten = await scenario.sent();
      scenario.subject.clock?.advance(AFTER_EVERY_REFERENCE_MS);
      const dry = await scenario.maintenance.sweep({ dryRun: true });
      assert.ok(dry.released >= 1, 'a dry run must report what would be freed');
      const swept = await scenario.maintenance.sweep();
      assert.equal(swept.released, dry.released, 'a dry run must change nothing and count the same');
      assert.ok(swept.bytesReleased >= (await scenario.video()).length, 'the freed bytes must be reported');
      assert.deepEqual(swept.failures, []);
      assert.equal((await scenario.maintenance.sweep()).released, 0, 'nothing may be freed twice');
      assert.equal(await scenario.storage.videoExists(video.videoId), true);
      assert.equal((await scenario.play(video.videoId)).status, 200);
      assert.equal(await scenario.storage.videoExists(forgotten.videoId), false);
    },
  },
  {
    id: 'maintenance/keeps-young',
    title: 'contract 10: an upload that can still be confirmed is kept',
    needs: ['maintenance', 'clock'],
    async run(scenario) {
      const ticket = await scenario.sent();
      const { clock } = scenario.subject;
      clock?.advance(Date.parse(ticket.expiresAt) - clock.now() + ALMOST_A_DAY_MS);
      assert.equal((await scenario.maintenance.sweep()).released, 0);
      const video = await scenario.storage.confirmUpload(ticket.uploadReference, user);
      assert.equal(video.videoId, ticket.videoId);
    },
  },
  {
    id: 'maintenance/parts',
    title: 'contract 10: parts that were never confirmed are freed too',
    needs: ['maintenance', 'multipart', 'clock'],
    async run(scenario) {
      const bytes = new Uint8Array(scenario.subject.multipartSizeBytes ?? 0);
      const ticket = await scenario.ticket({ sizeBytes: bytes.length });
      await scenario.send(ticket, bytes);
      scenario.subject.clock?.advance(AFTER_EVERY_REFERENCE_MS);
      assert.ok((await scenario.maintenance.sweep()).released >= 1, 'the parts must be freed');
      assert.equal((await scenario.maintenance.sweep()).released, 0, 'nothing may be freed twice');
    },
  },
  {
    id: 'maintenance/outage',
    title:
      'contract 7, contract 10: in an outage a sweep fails or reports failures, never that there was nothing to do',
    needs: ['maintenance', 'clock', 'failNext'],
    async run(scenario) {
      await scenario.sent();
      scenario.subject.clock?.advance(AFTER_EVERY_REFERENCE_MS);
      scenario.failAlways('server-error');
      const outcome = await scenario.maintenance.sweep().catch((error: unknown) => error as Error);
      if (outcome instanceof Error) await refuses(Promise.reject(outcome), ...outageCodes);
      else assert.ok(outcome.failures.length > 0, 'the outage is not reported');
    },
  },
  {
    id: 'maintenance/limit',
    title: 'contract 10: the limit ends a run, which then reports `more`',
    needs: ['maintenance', 'clock'],
    async run(scenario) {
      await scenario.sent();
      await scenario.sent();
      scenario.subject.clock?.advance(AFTER_EVERY_REFERENCE_MS);
      const first = await scenario.maintenance.sweep({ limit: 1 });
      assert.deepEqual([first.examined, first.more], [1, true]);
      for (let round = 0; round < 20; round++) {
        if (!(await scenario.maintenance.sweep({ limit: 1 })).more) return;
      }
      assert.fail('the sweep never ends');
    },
  },
  {
    id: 'maintenance/limit-invalid',
    title: 'contract 10: a limit of the sweep outside 1–10 000 is refused',
    needs: ['maintenance'],
    async run(scenario) {
      for (const limit of [0, -1, 1.5, 10_001, Number.NaN]) {
        await refuses(scenario.maintenance.sweep({ limit }), 'VALIDATION_FAILED');
      }
      for (const limit of [1, 10_000]) await scenario.maintenance.sweep({ limit });
    },
  },
];
