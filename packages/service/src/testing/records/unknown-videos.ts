import assert from 'node:assert/strict';
import { present, refuses } from '../expectations.ts';
import type { SuiteCase } from '../suite-case.ts';
import type { VideoRecordsSubject } from '../video-records-subject.ts';
import { newUpload } from './new-upload.ts';

/** The guarantees of `unknownVideos`. */
export const unknownVideos: readonly SuiteCase<VideoRecordsSubject>[] = [
  {
    id: 'unknown/reported',
    title: 'videos without a record are reported, in the order given; those of a record of any status are not',
    async run({ records }) {
      const { id } = await records.insert(newUpload(), []);
      await records.update(id, 1, { videoId: 'v-2', status: 'deleted' });
      const unknown = await records.unknownVideos('local', ['v-3', 'v-2', 'v-1']);
      assert.deepEqual(unknown, [
        { videoId: 'v-3', knownForSeconds: 0 },
        { videoId: 'v-1', knownForSeconds: 0 },
      ]);
      assert.deepEqual(await records.unknownVideos('local', []), []);
      const elsewhere = await records.unknownVideos('s3', ['v-2']);
      assert.deepEqual(
        elsewhere.map(({ videoId }) => videoId),
        ['v-2'],
      );
    },
  },
  {
    id: 'unknown/first-sighting',
    title: 'the first report of a video is remembered, separately for each storage',
    async run({ records, other, advance }) {
      await records.unknownVideos('local', ['v-1']);
      await advance(3600);
      const again = await other.unknownVideos('local', ['v-1', 'v-2']);
      const seconds = new Map(again.map(({ videoId, knownForSeconds }) => [videoId, knownForSeconds]));
      assert.ok(present(seconds.get('v-1')) >= 3600 && present(seconds.get('v-1')) < 3700);
      assert.equal(seconds.get('v-2'), 0);
      assert.equal((await records.unknownVideos('s3', ['v-1']))[0]?.knownForSeconds, 0);
      await advance(3600);
      const third = present((await records.unknownVideos('local', ['v-1']))[0]);
      assert.ok(third.knownForSeconds >= 7200 && third.knownForSeconds < 7300);
    },
  },
  {
    id: 'unknown/known-again',
    title: 'once a record knows a video, its first report is forgotten',
    async run({ records, advance }) {
      await records.unknownVideos('local', ['v-1']);
      await advance(3600);
      const { id } = await records.insert(newUpload(), []);
      await records.update(id, 1, { videoId: 'v-1' });
      assert.deepEqual(await records.unknownVideos('local', ['v-1']), []);
      await records.update(id, 2, { videoId: null });
      assert.equal((await records.unknownVideos('local', ['v-1']))[0]?.knownForSeconds, 0);
    },
  },
  {
    id: 'unknown/dry-run',
    title: 'a dry run returns the same, and neither stores nor removes a first report',
    async run({ records, other, advance }) {
      const dryRun = { dryRun: true };
      assert.deepEqual(await records.unknownVideos('local', ['v-1'], dryRun), [{ videoId: 'v-1', knownForSeconds: 0 }]);
      await advance(3600);
      assert.equal((await other.unknownVideos('local', ['v-1']))[0]?.knownForSeconds, 0);
      await advance(3600);
      const seen = present((await other.unknownVideos('local', ['v-1'], dryRun))[0]);
      assert.ok(seen.knownForSeconds >= 3600 && seen.knownForSeconds < 3700);
      const { id } = await records.insert(newUpload(), []);
      await records.update(id, 1, { videoId: 'v-1' });
      assert.deepEqual(await records.unknownVideos('local', ['v-1'], dryRun), []);
      await records.update(id, 2, { videoId: null });
      assert.ok(present((await records.unknownVideos('local', ['v-1']))[0]).knownForSeconds >= 3600);
    },
  },
  {
    id: 'unknown/forgotten',
    title: 'the first report of a deleted video is forgotten: when the video appears again, its age starts anew',
    async run({ records, advance }) {
      await records.unknownVideos('local', ['v-1', 'v-2']);
      await records.unknownVideos('s3', ['v-1']);
      await advance(3600);
      await records.forgetUnknownVideo('local', 'v-1');
      await records.forgetUnknownVideo('local', 'never-seen');
      const [first, second] = await records.unknownVideos('local', ['v-1', 'v-2']);
      assert.equal(first?.knownForSeconds, 0);
      assert.ok(present(second).knownForSeconds >= 3600);
      assert.ok(present((await records.unknownVideos('s3', ['v-1']))[0]).knownForSeconds >= 3600);
    },
  },
  {
    id: 'unknown/limit',
    title: 'one call takes at most 1 000 videos; parallel calls agree',
    async run({ records, other }) {
      const ids = Array.from({ length: 1000 }, (_, index) => `v-${index}`);
      const answers = await Promise.all([
        records.unknownVideos('local', ids),
        other.unknownVideos('local', ids.toReversed()),
      ]);
      assert.deepEqual(
        answers.map(({ length }) => length),
        [1000, 1000],
      );
      await refuses(records.unknownVideos('local', [...ids, 'v-1000']), 'VALIDATION_FAILED');
    },
  },
];
