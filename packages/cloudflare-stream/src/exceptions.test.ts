import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { exceptions, exceptionsOfForms } from '../test-support/exceptions.ts';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

test('the README names the cases that are not run, and no other', () => {
  const table = readme.split('\n').filter((line) => /^\| (?!Elsewhere|---)/.test(line));
  const named = table.flatMap((row) => {
    const lastCell = row.split('|').at(-2) ?? '';
    return lastCell.startsWith(' none:') ? [] : (lastCell.match(/(?<=`)[a-z-]+\/[a-z-]+(?=`)/g) ?? []);
  });
  expect(named.toSorted()).toEqual(Object.keys(exceptionsOfForms).toSorted());
  expect(Object.keys(exceptionsOfForms)).toEqual(expect.arrayContaining(Object.keys(exceptions)));
});
