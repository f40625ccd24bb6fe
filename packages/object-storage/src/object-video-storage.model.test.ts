import fc from 'fast-check';
import { test } from 'vitest';
import { modelCases } from '../test-support/model-cases.ts';
import { runModel } from '../test-support/publish-model.ts';

/** Differs in every run, and is printed when it fails; set it to see a failure again. */
const seed = Number(process.env['MODEL_SEED'] ?? Date.now() % 1_000_000_000);
/** `object-video-storage.model.full.test.ts` runs it 1 500 times, `npm run proof -- publish-model` 100 000 times. */
const numRuns = Number(process.env['MODEL_RUNS'] ?? 60);

test(`confirms, aborts, deletes, sweeps and senders at once, with crashes: the served bytes are the inspected ones, there is one outcome, and nothing is orphaned (seed ${seed}, ${numRuns} runs)`, async () => {
  await fc.assert(fc.asyncProperty(modelCases, runModel), { seed, numRuns });
}, 120_000);
