import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { markdownExamples } from '../check-consumer/markdown-examples.ts';
import type { Workspace } from '../workspace/workspaces.ts';
import type { RepositoryProblem } from './repository-problem.ts';

/** Every package has a licence, and a README with an example that is run. */
export function checkReadmeExample(root: string, { folder }: Workspace): readonly RepositoryProblem[] {
  const textOf = (file: string) => (existsSync(join(root, file)) ? readFileSync(join(root, file), 'utf8') : undefined);
  const [licence, readme] = [`${folder}/LICENSE`, `${folder}/README.md`];
  const text = textOf(readme);
  const isRun = text !== undefined && markdownExamples(text).some((example) => example.isRun);
  return [
    ...(textOf(licence) === undefined ? [{ where: licence, message: 'is missing' }] : []),
    ...(isRun ? [] : [{ where: readme, message: 'has no example that is run: mark one with "```ts run"' }]),
  ];
}
