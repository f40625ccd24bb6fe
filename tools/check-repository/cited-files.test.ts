import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { filesBelow } from '../workspace/source-files.ts';
import { workspaceRoot } from '../workspace/workspace-root.ts';

test('files of decisions/ and docs/ that a source or document cites exist', () => {
  const cited = filesBelow(workspaceRoot, ['packages', 'examples'])
    .filter((file) => /\.(tsx?|md|yaml)$/.test(file))
    .flatMap((file) =>
      [
        ...readFileSync(join(workspaceRoot, file), 'utf8').matchAll(/(?<![\w/])(?:decisions|docs)\/[\w-]+(?:\.\w+)?/g),
      ].map(([target]) => ({ file, target })),
    );
  expect(cited.length).toBeGreaterThan(2);
  expect(cited.filter(({ target }) => !existsSync(join(workspaceRoot, target)))).toEqual([]);
});
