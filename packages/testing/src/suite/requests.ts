import assert from 'node:assert/strict';
import type { CostEstimate, UploadRequest } from '@videostorage/core';
import type { ConformanceCase } from './conformance-case.ts';
import { findsProblems, survivesJson } from './expectations.ts';
import { user } from './scenario.ts';

const OUT_OF_BOUNDS: Readonly<Record<string, readonly unknown[]>> = {
  userId: ['', 'x'.repeat(129), 'a\u0000b', 7],
  contextId: ['', 'ü'.repeat(65), 7],
  fileName: ['', ' ', 'a/b.mp4', 'a\\b.mp4'],
  sizeBytes: [0, 1.5, Number.NaN, Number.POSITIVE_INFINITY, '5'],
  maxDurationSeconds: [0, 1.5, -1, Number.NaN],
  custom: [{ note: 'x'.repeat(512) }, { Note: 'x' }, { note: 7 }],
  uploadId: ['', '0'.repeat(31), '01234567-89ab-cdef-0123-456789abcdef', '../../etc/passwd'],
};
const AT_BOUNDS: readonly Partial<UploadRequest>[] = [
  { userId: 'x'.repeat(128), contextId: 'ü'.repeat(64), fileName: `${'x'.repeat(251)}.mp4` },
  { custom: { note: 'x'.repeat(512 - '{"note":""}'.length) }, maxDurationSeconds: 1 },
];

/** Calls that need no provider request: invalid upload requests, and cost estimates. */
export const requests: readonly ConformanceCase[] = [
  {
    id: 'validation/all-problems',
    title: 'contract 11: an invalid request is refused with all its problems, and nothing is created',
    async run(scenario) {
      const bad = {
        ...(await scenario.request()),
        userId: '',
        fileName: '../x.exe',
        sizeBytes: -1,
        mimeType: 'text/html',
      };
      const problems = await findsProblems(scenario.storage.getUploadUrl(bad));
      const paths = new Set(problems.map(({ path }) => path));
      for (const path of ['userId', 'fileName', 'sizeBytes', 'mimeType'])
        assert.ok(paths.has(path), `${path} is not named`);
      assert.deepEqual(await scenario.storage.listVideos(), { videos: [] });
    },
  },
  {
    id: 'validation/bounds',
    title:
      'contract 11: a value out of bounds is refused by its name and creates nothing, a value at a bound is accepted',
    async run(scenario) {
      for (const [path, values] of Object.entries(OUT_OF_BOUNDS)) {
        for (const value of values) {
          const request = Object({ ...(await scenario.request()), [path]: value });
          const paths = (await findsProblems(scenario.storage.getUploadUrl(request))).map((problem) => problem.path);
          assert.ok(
            paths.some((one) => one === path || one.startsWith(`${path}.`)),
            `${path} ${JSON.stringify(value)}`,
          );
        }
      }
      if (scenario.lacks(['maintenance', 'clock']) === undefined) {
        scenario.subject.clock?.advance(49 * 3_600_000);
        assert.equal((await scenario.maintenance.sweep()).released, 0, 'a refused request has created something');
      }
      for (const allowed of AT_BOUNDS) await scenario.ticket(allowed);
    },
  },
  {
    id: 'options/unknown',
    title: 'contract 11: an option that a call does not have is refused by its name, and the call does nothing',
    async run(scenario) {
      const { storage } = scenario;
      const { videoId } = await scenario.ready();
      const pending = await scenario.sent();
      // An option of the sweep: a caller who passes it to another call expects that nothing is changed.
      const options = Object({ dryRun: true });
      const ofUser = { ...user, ...options };
      const request = await scenario.request();
      const { uploadReference } = pending;
      const calls: readonly (readonly [refused: string, call: () => Promise<unknown> | undefined])[] = [
        ['dryRun', () => storage.getUploadUrl(request, options)],
        ['dryRun', () => storage.confirmUpload(uploadReference, ofUser)],
        [
          'acceptUnverified',
          () => storage.confirmUpload(uploadReference, Object({ ...user, acceptUnverified: 'yes' })),
        ],
        ['dryRun', () => storage.abortUpload(uploadReference, ofUser)],
        ['dryRun', () => storage.videoExists(videoId, options)],
        ['dryRun', () => storage.getVideoMetadata(videoId, options)],
        ['dryRun', () => storage.deleteVideo(videoId, options)],
        ['dryRun', () => storage.multipart?.signParts(uploadReference, [1], ofUser)],
        ['dryRun', () => storage.multipart?.listParts(uploadReference, ofUser)],
        ['dryrun', () => storage.maintenance?.sweep(Object({ dryRun: true, dryrun: true }))],
      ];
      for (const [refused, call] of calls) {
        const made = call();
        if (made === undefined) continue;
        const paths = (await findsProblems(made)).map(({ path }) => path);
        assert.deepEqual(paths, [refused], `${call} refuses: ${paths.join(', ')}`);
      }
      assert.equal(await storage.videoExists(videoId), true);
      await scenario.confirm(pending);
    },
  },
  {
    id: 'cost/sums',
    title: 'contract 21: an estimate is the sum of its items and names the date of its prices',
    async run(scenario) {
      const estimate = scenario.storage.estimateCost({ storedBytes: 5e11, views: 10_000 });
      for (const one of [estimate, ...(estimate.alternatives ?? [])]) addsUp(one);
      const more = scenario.storage.estimateCost({ storedBytes: 5e12, views: 100_000 });
      assert.ok(more.monthlyUsd >= estimate.monthlyUsd);
      addsUp(scenario.storage.estimateCost({ storedBytes: 0, views: 0 }));
    },
  },
  {
    id: 'cost/no-number',
    title: 'contract 21: usage that is not a number from 0 is refused, and never becomes a price of NaN',
    async run({ storage }) {
      const usage = { storedBytes: 5e11, views: 10_000 };
      const wrong = [{ storedBytes: Number.NaN }, { views: -1 }, { deliveredBytes: Number.POSITIVE_INFINITY }];
      for (const one of wrong) {
        const estimate = async () => storage.estimateCost({ ...usage, ...one });
        assert.deepEqual(
          (await findsProblems(estimate())).map(({ path }) => path),
          Object.keys(one),
        );
      }
    },
  },
];

function addsUp(estimate: CostEstimate): void {
  survivesJson(estimate);
  const sum = estimate.items.reduce((total, item) => total + item.amountUsd, 0);
  assert.ok(Math.abs(sum - estimate.monthlyUsd) < 0.005, `${sum} is not ${estimate.monthlyUsd}`);
  for (const { name, quantity, unitPriceUsd, amountUsd } of estimate.items) {
    assert.ok(amountUsd >= 0, `${name} costs ${amountUsd}`);
    const product = quantity * unitPriceUsd;
    assert.ok(Math.abs(product - amountUsd) < 0.005 + product / 1000, `${name} costs ${amountUsd}, not ${product}`);
  }
  assert.match(estimate.pricesAsOf, /^\d{4}-\d{2}-\d{2}$/);
}
