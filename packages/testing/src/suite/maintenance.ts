import assert from 'node:assert/strict';
import type { ConformanceCase } from './conformance-case.ts';
import { refuses } from './expectations.ts';
import { user } from './scenario.ts';

/** Longer than any reference lives. */
const FORGOTTEN_MS = 49 * 3_600_000;

/** §4.10 Everything unfinished is swept, where the storage has the facet. */
export const maintenance: readonly ConformanceCase[] = [
  {
    id: 'maintenance/frees',
    title: '§4.10: an upload that nobody confirmed while its reference lived is freed, and a video is not',
    needs: ['maintenance', 'clock'],
    async run(scenario) {
      const video = await scenario.ready();
      const forgotten = await scenario.sent();
      scenario.subject.clock?.advance(FORGOTTEN_MS);
      const dry = await scenario.maintenance.sweep({ dryRun: true });
      assert.ok(dry.released >= 1, 'a dry run reports what would be freed');
      const swept = await scenario.maintenance.sweep();
      assert.equal(swept.released, dry.released, 'a dry run changes nothing and counts the same');
      assert.ok(swept.bytesReleased >= (await scenario.video()).length, 'the freed bytes are reported');
      assert.deepEqual(swept.failures, []);
      assert.equal((await scenario.maintenance.sweep()).released, 0, 'what is freed is freed once');
      assert.equal(await scenario.storage.videoExists(video.videoId), true);
      assert.equal((await scenario.play(video.videoId)).status, 200);
      assert.equal(await scenario.storage.videoExists(forgotten.videoId), false);
    },
  },
  {
    id: 'maintenance/keeps-young',
    title: '§4.10: an upload that can still be confirmed is kept',
    needs: ['maintenance', 'clock'],
    async run(scenario) {
      const ticket = await scenario.sent();
      const { clock } = scenario.subject;
      clock?.advance(Date.parse(ticket.expiresAt) - clock.now() + 60_000);
      assert.equal((await scenario.maintenance.sweep()).released, 0);
      const video = await scenario.storage.confirmUpload(ticket.uploadReference, user);
      assert.equal(video.videoId, ticket.videoId);
    },
  },
  {
    id: 'maintenance/limit',
    title: '§4.10: a limit ends the run, which says that there is more',
    needs: ['maintenance', 'clock'],
    async run(scenario) {
      await scenario.sent();
      await scenario.sent();
      scenario.subject.clock?.advance(FORGOTTEN_MS);
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
    title: 'a limit of the sweep that is not a number from 1 to 10 000 is refused',
    needs: ['maintenance'],
    async run(scenario) {
      for (const limit of [0, -1, 1.5, 10_001, Number.NaN]) {
        await refuses(scenario.maintenance.sweep({ limit }), 'VALIDATION_FAILED');
      }
    },
  },
];
