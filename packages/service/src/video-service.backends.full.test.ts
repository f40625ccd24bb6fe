import fc from 'fast-check';
import { test } from 'vitest';
import { localBackend, memoryBackend, s3Backend, streamBackend } from '../test-support/model-backends.ts';
import { modelCases, runServiceModel } from '../test-support/service-model.ts';

/** Another one with every run, printed when it fails; set it to see a failure again. */
const seed = Number(process.env['MODEL_SEED'] ?? Date.now() % 1_000_000_000);
const numRuns = Number(process.env['MODEL_RUNS'] ?? 25);

test(`T-C4, property 7 in memory, every step in an order that a scheduler draws (seed ${seed}, ${numRuns * 20} runs)`, async () => {
  const property = fc.asyncProperty(modelCases, fc.scheduler(), async (groups, scheduler) =>
    runServiceModel(await memoryBackend(), groups, scheduler),
  );
  await fc.assert(property, { seed, numRuns: numRuns * 20 });
}, 600_000);

// Without a scheduler: sockets and files decide who goes on.
test.each([
  ['local', localBackend],
  ['s3-cloudfront', s3Backend],
  ['cloudflare-stream', streamBackend],
] as const)(
  `property 7 on %s, with real requests (seed ${seed}, ${numRuns} runs)`,
  async (_, create) => {
    const property = fc.asyncProperty(modelCases, async (groups) => runServiceModel(await create(), groups, undefined));
    await fc.assert(property, { seed, numRuns });
  },
  600_000,
);
