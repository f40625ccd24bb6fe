import { expect, test } from 'vitest';
import { observedFacts } from './observed-facts.ts';

const unknown = { durationSeconds: null, widthPixels: null, heightPixels: null };
const before = { durationSeconds: 60, widthPixels: 640, heightPixels: 360 };

test('what a storage says of a video is kept, and what it does not say is as before', () => {
  const facts = { durationSeconds: 1.5, widthPixels: 1920, heightPixels: 1080 };
  expect(observedFacts(facts, before)).toEqual(facts);
  expect(observedFacts({}, before)).toEqual(before);
  expect(observedFacts({ durationSeconds: 0, widthPixels: 0, heightPixels: 0 }, unknown)).toEqual({
    ...{ durationSeconds: 0, widthPixels: 0, heightPixels: 0 },
  });
});

test('a play time of up to a year counts, and no other', () => {
  const year = 366 * 24 * 60 * 60;
  const kept = (durationSeconds: number) => observedFacts({ durationSeconds }, unknown).durationSeconds;
  expect(kept(year)).toBe(year);
  for (const odd of [year + 1, 9e18, Number.POSITIVE_INFINITY, Number.NaN, -1]) expect(kept(odd)).toBeNull();
});

test.each(['widthPixels', 'heightPixels'] as const)('%s are a whole number that a column holds', (name) => {
  const kept = (pixels: number) => observedFacts({ [name]: pixels }, before)[name];
  expect(kept(2 ** 31 - 1)).toBe(2 ** 31 - 1);
  for (const odd of [2 ** 31, 1920.5, Number.NaN, -1]) expect(kept(odd)).toBe(before[name]);
});
