import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { conformanceCases } from './conformance-cases.ts';

const root = join(import.meta.dirname, '../../../..');
const lines = [...readFileSync(join(root, 'docs/contract.md'), 'utf8').matchAll(/^\| (contract \d+) \|/gm)].map(
  ([, line]) => line,
);
const named = (text: string) => [...text.matchAll(/\bcontract \d+\b/g)].map(([line]) => line);

test('the lines of docs/contract.md are numbered from 1 without gaps', () => {
  expect(lines.length).toBeGreaterThan(0);
  expect(lines).toEqual(lines.map((_, index) => `contract ${index + 1}`));
});

test.each(conformanceCases)('$id: its title begins with lines of docs/contract.md', ({ title }) => {
  expect(title).toMatch(/^contract \d+(?:, contract \d+)*(?:, T-[A-Z]\d+)*: \p{L}/u);
  for (const line of named(title)) expect(lines).toContain(line);
});

test('every line has a case', () => {
  const held = new Set(conformanceCases.flatMap(({ title }) => named(title)));
  expect(lines.filter((line) => line !== undefined && !held.has(line))).toEqual([]);
});

test('every line that the packages name exists', () => {
  const sources = globSync('packages/*/{src,test-support}/**/*.ts', { cwd: root });
  const wrong = sources.flatMap((file) =>
    named(readFileSync(join(root, file), 'utf8'))
      .filter((line) => !lines.includes(line))
      .map((line) => `${file}: ${line}`),
  );
  expect(wrong).toEqual([]);
});
