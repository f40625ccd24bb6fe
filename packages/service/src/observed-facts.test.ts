import { expect, test } from 'vitest';
import { observedFacts } from './observed-facts.ts';

const unknown = { durationSeconds: null, widthPixels: null, heightPixels: null };
const before = { durationSeconds: 60, widthPixels: 640, heightPixels: 360 };

test('facts that a storage reports are kept, and those that it does not report stay unchanged', () => {
  const facts = { durationSeconds: 1.5, widthPixels: 1920, heightPixels: 1080 };
  expect(observedFacts(facts, before)).toEqual(facts);
  expect(observedFacts({}, before)).toEqual(before);
  expect(observedFacts({ durationSeconds: 0, widthPixels: 0, heightPixels: 0 }, unknown)).toEqual({
    ...{ durationSeconds: 0, widthPixels: 0, heightPixels: 0 },
  });
});

test('a duration of up to a year is accepted, and no longer one', () => {
  const year = 366 * 24 * 60 * 60;
  const kept = (durationSeconds: number) => observedFacts({ durationSeconds }, unknown).durationSeconds;
  expect(kept(year)).toBe(year);
  for (const odd of [year + 1, 9e18, Number.POSITIVE_INFINITY, Number.NaN, -1]) expect(kept(odd)).toBeNull();
});

test.each(['widthPixels', 'heightPixels'] as const)('%s must be a whole number that fits a database column', (name) => {
  const kept = (pixels: number) => observedFacts({ [name]: pixels }, before)[name];
  expect(kept(2 ** 31 - 1)).toBe(2 ** 31 - 1);
  for (const odd of [2 ** 31, 1920.5, Number.NaN, -1]) expect(kept(odd)).toBe(before[name]);
});
