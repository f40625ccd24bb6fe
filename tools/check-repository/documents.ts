import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { markdownExamples } from '../check-consumer/markdown-examples.ts';
import { filesBelow } from '../workspace/source-files.ts';
import type { Workspace } from '../workspace/workspaces.ts';
import type { RepositoryProblem } from './repository-problem.ts';

const required = ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'SECURITY.md'];

/**
 * The documents of the root are there, and the README's table has a row for every package. Every package has a licence, and a
 * README with an example that is run. Every link of a document to a file or folder of the repository has an existing target.
 */
export function checkDocuments(root: string, packages: readonly Workspace[]): readonly RepositoryProblem[] {
  const textOf = (file: string) => (existsSync(join(root, file)) ? readFileSync(join(root, file), 'utf8') : '');
  const problem = (where: string, message: string): RepositoryProblem => ({ where, message });
  const missing = [...required, ...packages.map(({ folder }) => `${folder}/LICENSE`)]
    .filter((file) => !existsSync(join(root, file)))
    .map((file) => problem(file, 'is missing'));
  const rows = textOf('README.md')
    .split('\n')
    .filter((line) => line.startsWith('|'));
  const unlisted = packages
    .map(({ folder, manifest }) => `[${manifest.name}](${folder})`)
    .filter((link) => !rows.some((row) => row.includes(link)))
    .map((link) => problem('README.md', `the table of packages lacks a row with ${link}`));
  const unshown = packages
    .map(({ folder }) => `${folder}/README.md`)
    .filter((file) => !markdownExamples(textOf(file)).some(({ isRun }) => isRun))
    .map((file) => problem(file, 'has no example that is run: mark one with "```ts run"'));
  const broken = [...required, ...filesBelow(root, ['packages', 'examples', 'docs', 'decisions'])]
    .filter((file) => file.endsWith('.md'))
    .flatMap((file) =>
      [...textOf(file).matchAll(/\]\((?!https?:|mailto:|#)([^)\s#]+)[^)]*\)/g)]
        .map(([, target]) => String(target))
        .filter((target) => !existsSync(join(root, normalize(join(dirname(file), target)))))
        .map((target) => problem(file, `links to ${target}, which is not there`)),
    );
  return [...missing, ...unlisted, ...unshown, ...broken];
}
