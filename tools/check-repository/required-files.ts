import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { markdownExamples } from '../check-consumer/markdown-examples.ts';
import type { Workspace } from '../workspace/workspaces.ts';
import type { RepositoryProblem } from './repository-problem.ts';

const ofPackage = [
  'package.json',
  'README.md',
  'LICENSE',
  'tsconfig.json',
  'tsup.config.ts',
  'vitest.config.ts',
  'src/index.ts',
];
const ofRoot = ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'SECURITY.md', 'LICENSE'];

/** Every package has the same files, and a README with an example that is run. */
export function checkRequiredFiles(root: string, packages: readonly Workspace[]): readonly RepositoryProblem[] {
  const expected = [...ofRoot, ...packages.flatMap(({ folder }) => ofPackage.map((file) => `${folder}/${file}`))];
  const missing = expected
    .filter((file) => !existsSync(join(root, file)))
    .map((file) => ({ where: file, message: 'is missing' }));
  return [...missing, ...packages.flatMap(({ folder }) => checkExample(root, `${folder}/README.md`))];
}

function checkExample(root: string, readme: string): readonly RepositoryProblem[] {
  const path = join(root, readme);
  if (!existsSync(path)) return [];
  const examples = markdownExamples(readFileSync(path, 'utf8'));
  if (examples.some(({ isRun }) => isRun)) return [];
  return [{ where: readme, message: 'has no example that is run: mark one with "```ts run"' }];
}
