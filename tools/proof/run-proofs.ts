import { globSync } from 'node:fs';
import { basename } from 'node:path';
import type { ChildPrograms } from '../run-tests/child-programs.ts';
import type { TestCounts } from '../run-tests/test-counts.ts';
import type { TestService } from '../services/running-service.ts';
import { startServices } from '../services/start-services.ts';

/** What a run of proofs is made of. */
export interface ProofRun {
  readonly root: string;
  readonly programs: ChildPrograms;
  /** Real services that the proofs may talk to, by the same variables as the full tests. */
  readonly services: readonly TestService[];
  /** Names of proofs; empty for all of them, and the benches. */
  readonly names: readonly string[];
}

/** Run after the proofs of the packages. */
const always = [
  {
    title: 'benches',
    file: 'node_modules/.bin/nx',
    args: ['run-many', '-t', 'bench', '--parallel=1', '--output-style=static'],
  },
];

/** The proofs that packages contribute: `packages/<package>/proof/<name>.proof.ts`, by name. */
export function proofsOf(root: string): ReadonlyMap<string, string> {
  const files = globSync(['packages/*/proof/*.proof.ts', 'examples/*/proof/*.proof.ts'], { cwd: root }).sort();
  return new Map(files.map((file) => [nameOf(file), file]));
}

/** A proof is a program that prints its figures and exits with 0 when they hold. Benches, each alone, come last. */
export async function runProofs({ root, programs, services: wanted, names }: ProofRun): Promise<TestCounts> {
  const proofs = proofsOf(root);
  const unknown = names.filter((name) => !proofs.has(name));
  if (unknown.length > 0)
    throw new Error(`no such proof: ${unknown.join(', ')}; there are: ${[...proofs.keys()].join(', ')}`);
  const services = await startServices(wanted, (line) => console.log(line));
  for (const line of services.missing) console.error(line);
  const exitCodes: number[] = [];
  try {
    for (const [name, file] of proofs) {
      if (names.length > 0 && !names.includes(name)) continue;
      console.log(`\n== ${name} (${file})`);
      const environment = { ...services.environment, NODE_OPTIONS: '--conditions=@videostorage/source' };
      exitCodes.push(await programs.run(file, [], { environment }));
    }
  } finally {
    await services.stop();
  }
  for (const { title, file, args } of names.length === 0 ? always : []) {
    console.log(`\n== ${title}`);
    exitCodes.push(await programs.run(file, args));
  }
  const failed = exitCodes.filter((exitCode) => exitCode !== 0).length;
  return { passed: exitCodes.length - failed, failed, skipped: 0 };
}

function nameOf(file: string): string {
  return basename(file, '.proof.ts');
}
