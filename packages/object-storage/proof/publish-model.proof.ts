// The model of publishing at full size: `npm run proof -- publish-model`. `MODEL_RUNS` and `MODEL_SEED` choose others.
import fc from 'fast-check';
import { modelCases } from '../test-support/model-cases.ts';
import { runModel } from '../test-support/publish-model.ts';

const seed = Number(process.env['MODEL_SEED'] ?? Date.now() % 1_000_000_000);
const numRuns = Number(process.env['MODEL_RUNS'] ?? 100_000);
const startedAtMs = performance.now();
await fc.assert(fc.asyncProperty(modelCases, runModel), { seed, numRuns });
const seconds = Math.round((performance.now() - startedAtMs) / 1000);
console.log(JSON.stringify({ 'interleavings without a violation': numRuns, seed, seconds }));
