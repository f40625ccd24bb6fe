// Plants faults one by one and sees the conformance suite notice each: `npm run mutants -- --only memory --sample 3`.
import { parseArgs } from 'node:util';
import type { Mutant, MutantList } from './mutant.ts';
import { mutantLists } from './mutant-lists.ts';
import { MutantRunner } from './mutant-runner.ts';

/** Storages that are tried at the same time. */
const LANES = 2;

const { values } = parseArgs({
  options: {
    /** One list, by its name. Default: all. */
    only: { type: 'string' },
    /** So many of each list, spread over it. Default: all. */
    sample: { type: 'string' },
  },
});
const lists = mutantLists.filter((list) => values.only === undefined || list.name === values.only);
if (lists.length === 0) {
  throw new Error(`There is no list "${values.only}"; choose ${mutantLists.map(({ name }) => name).join(', ')}.`);
}
const sample = Number(values.sample ?? Number.MAX_SAFE_INTEGER);
if (!Number.isSafeInteger(sample) || sample < 1) throw new Error('`--sample` is a whole number from 1.');

const waiting = [...lists];
const survivors: string[] = [];
let tried = 0;
const lane = async () => {
  for (let list = waiting.shift(); list !== undefined; list = waiting.shift()) await tryList(list);
};
await Promise.all(Array.from({ length: LANES }, lane));
for (const survivor of survivors) console.log(`survived: ${survivor}`);
console.log(`killed ${tried - survivors.length} of ${tried}`);
process.exitCode = survivors.length === 0 ? 0 : 1;

async function tryList(list: MutantList): Promise<void> {
  const runner = await MutantRunner.start(list);
  try {
    await mustPass(list, runner);
    for (const mutant of sampled(list.mutants)) await tryOne(list, mutant, runner);
  } finally {
    await runner.close();
  }
}

/** A suite that fails without a fault proves nothing. */
async function mustPass(list: MutantList, runner: MutantRunner): Promise<void> {
  const { failed, passed, noticedBy } = await runner.run(undefined);
  if (failed > 0) throw new Error(`${list.name}: the suite fails without a fault, at ${noticedBy}`);
  console.log(`${list.name}: ${passed} cases pass without a fault`);
}

async function tryOne(list: MutantList, mutant: Mutant, runner: MutantRunner): Promise<void> {
  const { failed, noticedBy } = await runner.run(mutant);
  tried += 1;
  if (failed === 0) survivors.push(`${list.name}/${mutant.id}`);
  console.log(`${failed > 0 ? `killed by ${noticedBy}` : 'SURVIVED'}: ${list.name}/${mutant.id}`);
}

function sampled(mutants: readonly Mutant[]): readonly Mutant[] {
  const count = Math.min(mutants.length, sample);
  return Array.from({ length: count }, (_, index) => mutants[Math.floor((index * mutants.length) / count)]).filter(
    (mutant) => mutant !== undefined,
  );
}
