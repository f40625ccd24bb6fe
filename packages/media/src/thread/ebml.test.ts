import { expect, test } from 'vitest';
import { elementAt } from './ebml.ts';

const at = (...bytes: readonly number[]) => elementAt(new Uint8Array(bytes), 0);

test('ids have one to four bytes, sizes one to eight, which are exact although marker and value together exceed 53 bits', () => {
  expect(at(0xec, 0x81, 0)).toEqual({ id: 0xec, content: 2, end: 3 });
  expect(at(0x1a, 0x45, 0xdf, 0xa3, 0x40, 0x02)).toEqual({ id: 0x1a45dfa3, content: 6, end: 8 });
  expect(at(0xec, 0x41, 0x02)).toEqual({ id: 0xec, content: 3, end: 3 + 0x102 });
  expect(at(0xec, 0x01, 0, 0, 0, 0, 0, 0, 0x68)).toEqual({ id: 0xec, content: 9, end: 9 + 0x68 });
});

test('a size whose bits are all 1 is unknown, in any length', () => {
  expect(at(0xec, 0xff)?.end).toBe(Number.POSITIVE_INFINITY);
  expect(at(0xec, 0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff)?.end).toBe(Number.POSITIVE_INFINITY);
  expect(at(0xec, 0xfe)?.end).toBe(2 + 0x7e);
});

test('there is no element when the id is too long or the head is incomplete', () => {
  expect(at(0x08, 0, 0, 0, 0, 0x81)).toBeUndefined();
  expect(at(0, 0x81)).toBeUndefined();
  expect(at(0x1a, 0x45)).toBeUndefined();
  expect(at(0xec, 0x40)).toBeUndefined();
  expect(at()).toBeUndefined();
});
