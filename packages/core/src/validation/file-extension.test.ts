import { expect, test } from 'vitest';
import { fileExtension } from './file-extension.ts';

test.each([
  ['a.mp4', 'mp4'],
  ['a.b.MOV', 'mov'],
  ['x.3gp', '3gp'],
  ['x.abcdefghij', 'abcdefghij'],
  ['.a.mp4', 'mp4'],
])('%s has the extension %s', (fileName, extension) => {
  expect(fileExtension(fileName)).toBe(extension);
});

test.each([
  '',
  'lecture',
  '.mp4',
  'Lecture 2026.1',
  'Dr. Smith',
  'a.',
  'a.abcdefghijk',
  'a.m\u212av',
  'a.mp4 ',
  'a.m-4',
])('"%s" has none', (fileName) => {
  expect(fileExtension(fileName)).toBeUndefined();
});
