import fc from 'fast-check';
import { test } from 'vitest';
import { memoryBackend } from '../test-support/model-backends.ts';
import { modelCases, runServiceModel } from '../test-support/service-model.ts';

/** A new seed for every run, printed when a test fails; set it to repeat a failure. */
const seed = Number(process.env['MODEL_SEED'] ?? Date.now() % 1_000_000_000);
/** `video-service.backends.full.test.ts` runs it 500 times. */
const numRuns = Number(process.env['MODEL_RUNS'] ?? 40);

test(`T-C4, property 7: any order of requests, bytes, confirms, updates, aborts, deletes, retention, erasure, webhooks, sweeps and crashes ends in an allowed state (seed ${seed}, ${numRuns} runs)`, async () => {
  const property = fc.asyncProperty(modelCases, fc.scheduler(), async (groups, scheduler) =>
    runServiceModel(await memoryBackend(), groups, scheduler),
  );
  await fc.assert(property, { seed, numRuns });
}, 120_000);
