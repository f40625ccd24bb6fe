// Plants faults one by one and sees the conformance suite notice each: `npm run mutants -- --only memory --part 1/4`.
import { parseArgs } from 'node:util';
import type { Mutant, MutantList } from './mutant.ts';
import { mutantLists } from './mutant-lists.ts';
import { runMutant } from './run-mutant.ts';

const { values } = parseArgs({ options: { only: { type: 'string' }, part: { type: 'string', default: '1/1' } } });
const [part = 1, parts = 1] = values.part.split('/').map(Number);
const lists = mutantLists.filter((list) => values.only === undefined || list.name === values.only);
if (lists.length === 0)
  throw new Error(`There is no list "${values.only}"; choose ${mutantLists.map(({ name }) => name).join(', ')}.`);

const chosen = lists
  .flatMap((list) => list.mutants.map((mutant) => ({ list, mutant })))
  .filter((_, index) => index % parts === part - 1);
for (const list of new Set(chosen.map((one) => one.list))) await mustPass(list);

const survivors: string[] = [];
let next = 0;
const worker = async () => {
  for (let one = chosen[next++]; one !== undefined; one = chosen[next++]) await tryOne(one.list, one.mutant);
};
await Promise.all([worker(), worker()]);
for (const survivor of survivors) console.log(`survived: ${survivor}`);
console.log(`killed ${chosen.length - survivors.length} of ${chosen.length}`);
process.exitCode = survivors.length === 0 ? 0 : 1;

/** A suite that fails without a fault proves nothing. */
async function mustPass(list: MutantList): Promise<void> {
  const { failed, passed, noticedBy } = await runMutant(list, undefined);
  if (failed > 0) throw new Error(`${list.name}: the suite fails without a fault, at ${noticedBy}`);
  console.log(`${list.name}: ${passed} cases pass without a fault`);
}

async function tryOne(list: MutantList, mutant: Mutant): Promise<void> {
  const { failed, noticedBy } = await runMutant(list, mutant);
  if (failed === 0) survivors.push(`${list.name}/${mutant.id}`);
  console.log(`${failed > 0 ? `killed by ${noticedBy}` : 'SURVIVED'}: ${list.name}/${mutant.id}`);
}
