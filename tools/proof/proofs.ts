import { globSync } from 'node:fs';
import { basename } from 'node:path';
import type { Check } from '../run-checks/checks.ts';

/** The benches of all packages, one at a time. */
const benches: Check = {
  name: 'benches',
  file: 'node_modules/.bin/nx',
  args: ['run-many', '-t', 'bench', '--parallel=1', '--output-style=static'],
};

/**
 * The named proofs (`packages/<package>/proof/<name>.proof.ts`), run from source; without names all of them and the benches.
 * @throws {Error} for an unknown name
 */
export function proofsOf(root: string, names: readonly string[] = []): readonly Check[] {
  const proofs = globSync('{packages,examples}/*/proof/*.proof.ts', { cwd: root })
    .sort()
    .map((file) => {
      const environment = { NODE_OPTIONS: '--conditions=@videostorage/source' };
      return { name: basename(file, '.proof.ts'), file, args: [], environment };
    });
  const unknown = names.filter((name) => !proofs.some((proof) => proof.name === name));
  if (unknown.length > 0) {
    throw new Error(`no such proof: ${unknown.join(', ')}; there are: ${proofs.map(({ name }) => name).join(', ')}`);
  }
  return names.length === 0 ? [...proofs, benches] : proofs.filter(({ name }) => names.includes(name));
}
