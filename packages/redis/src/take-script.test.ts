import { expect, test } from 'vitest';
import { parseCountStates, takeScript } from './take-script.ts';

test('three integers of each key become the state of its count, also as text or bigint', () => {
  const states = [
    { within: 1, waitUs: 0, emptyInUs: 5_000_000_000 },
    { within: 3, waitUs: 7, emptyInUs: 9 },
    { within: 2, waitUs: 0, emptyInUs: 4 },
  ];
  expect(parseCountStates([1, 0, 5_000_000_000, 3, 7, 9, 2, 0, 4], 3)).toEqual(states);
  expect(parseCountStates(['1', '0', '5000000000', '3', '7', '9', '2', '0', '4'], 3)).toEqual(states);
  expect(parseCountStates([1n, 0n, 5_000_000_000n, 3n, 7n, 9n, 2n, 0n, 4n], 3)).toEqual(states);
});

test.each([[undefined], [null], ['OK'], [{}], [[]], [[1, 0]], [[1, 0, 5, 1]]])(
  '%o is not an answer of the script',
  (answer) => {
    expect(() => parseCountStates(answer, 1)).toThrow(new TypeError('Redis did not answer with a list of counts'));
  },
);

test.each([[-1], [0.5], [null], [Number.NaN], ['x'], [[]], [2n ** 60n], [2 ** 53]])('%o is not a count', (value) => {
  const sentence = new TypeError('Redis returned a count that is not a whole number');
  for (const answer of [
    [value, 0, 1],
    [1, value, 1],
    [1, 0, value],
  ]) {
    expect(() => parseCountStates(answer, 1)).toThrow(sentence);
  }
});

test('T-E2: the script reads the time of the server once, and gets no time from the process', () => {
  expect(takeScript.source.match(/'TIME'/g)).toHaveLength(1);
  expect(takeScript.source.match(/ARGV\[[^\]]*\]/g)?.every((each) => /^ARGV\[2 \* i(?: - 1)?\]$/.test(each))).toBe(
    true,
  );
});
