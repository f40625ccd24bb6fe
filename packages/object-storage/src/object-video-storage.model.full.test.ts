import fc from 'fast-check';
import { test } from 'vitest';
import { modelCases } from '../test-support/model-cases.ts';
import { runModel } from '../test-support/publish-model.ts';

/** Differs in every run, and is printed when it fails; set it to see a failure again. */
const seed = Number(process.env['MODEL_SEED'] ?? Date.now() % 1_000_000_000);
/** If only the record decided, two confirms that publish different bytes would occur once in some hundred runs. */
const numRuns = Number(process.env['MODEL_RUNS'] ?? 1500);

test(`confirms, aborts, deletes, sweeps and senders at once, with crashes, in many orders (seed ${seed}, ${numRuns} runs)`, async () => {
  await fc.assert(fc.asyncProperty(modelCases, runModel), { seed, numRuns });
}, 600_000);
