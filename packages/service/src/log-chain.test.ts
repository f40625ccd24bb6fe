import { Secret } from '@videostorage/core';
import { expect, test } from 'vitest';
import { type ChainedEntry, LogChain } from './log-chain.ts';
import { newChange } from './testing/log/new-entry.ts';

const chain = new LogChain([new Secret('canary-of-the-log-chain-tests-0123456789')]);

async function chainOf(length: number): Promise<readonly ChainedEntry[]> {
  const entries: ChainedEntry[] = [];
  for (let index = 1; index <= length; index += 1) {
    const change = { ...newChange({ occurrence: index }), recordId: 'record-1' };
    entries.push(await chain.link(change, { id: String(index), at: '2026-11-23T00:00:00.000Z' }, entries.at(-1)));
  }
  return entries;
}

test('the first entry that breaks the chain is reported, with what is wrong', async () => {
  const [one, two, three] = await chainOf(3);
  if (one === undefined || two === undefined || three === undefined) throw new Error('There are three.');
  expect(await chain.check([one, two, three])).toBeUndefined();
  expect(await chain.check([two, three])).toEqual({ sequence: 1, reason: 'An entry is missing here.' });
  expect(await chain.check([one, three])).toEqual({ sequence: 2, reason: 'An entry is missing here.' });
  const cases: readonly (readonly [Partial<ChainedEntry>, string])[] = [
    [{ previousHash: three.hash }, 'It does not follow the entry before it.'],
    [{ contextId: 'lesson-2' }, 'Its contents were changed.'],
    [{ userId: 'bob' }, 'Its personal fields were changed.'],
    [{ userId: null }, 'Its personal fields were changed.'],
    [{ role: null }, 'Its personal fields were changed.'],
  ];
  for (const [tampering, reason] of cases) {
    expect(await chain.check([one, { ...two, ...tampering }, three])).toEqual({ sequence: 2, reason });
  }
  expect(await chain.check([one, { ...two, userId: null, role: null }, three])).toBeUndefined();
});
