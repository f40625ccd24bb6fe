import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { filesBelow } from '../workspace/source-files.ts';
import type { RepositoryProblem } from './repository-problem.ts';

const documents = ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'SECURITY.md'];

/** The documents of the root are there, and a link of any document to a file or folder of the repository leads to one. */
export function checkLinks(root: string): readonly RepositoryProblem[] {
  const missing = documents.filter((file) => !existsSync(join(root, file)));
  const files = [...documents, ...filesBelow(root, ['packages', 'examples', 'docs', 'decisions'])];
  const broken = files
    .filter((file) => file.endsWith('.md') && !missing.includes(file))
    .flatMap((file) =>
      [...readFileSync(join(root, file), 'utf8').matchAll(/\]\((?!https?:|mailto:|#)([^)\s#]+)[^)]*\)/g)]
        .map(([, target]) => String(target))
        .filter((target) => !existsSync(join(root, normalize(join(dirname(file), target)))))
        .map((target) => ({ where: file, message: `links to ${target}, which is not there` })),
    );
  return [...missing.map((file) => ({ where: file, message: 'is missing' })), ...broken];
}
