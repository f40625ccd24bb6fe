import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nearestName } from './nearest-name.ts';

const names = ['folder', 'baseUrl', 'maxSizeBytes', 'referenceSecrets', 'cors', 'uploadExpiresInSeconds'];

test.each([
  ['foldr', 'folder'],
  ['fodler', 'folder'],
  ['Folder', 'folder'],
  ['base_url', 'baseUrl'],
  ['baseURL', 'baseUrl'],
  ['maxSize', 'maxSizeBytes'],
  ['maxSizeByte', 'maxSizeBytes'],
  ['secrets', 'referenceSecrets'],
  ['cros', 'cors'],
  ['uploadExpiresInSecs', 'uploadExpiresInSeconds'],
])('%s probably means %s', (given, expected) => {
  expect(nearestName(given, names)).toBe(expected);
});

test.each(['bucket', 'x', '', 'url', 'f'.repeat(65), '__proto__'])('%s means none of them', (given) => {
  expect(nearestName(given, names)).toBeUndefined();
});

test('two wrong characters of six are near, three are not; a swap is one', () => {
  expect(nearestName('xxlder', ['folder'])).toBe('folder');
  expect(nearestName('xxxder', ['folder'])).toBeUndefined();
  expect(nearestName('ofldre', ['folder'])).toBe('folder');
});

test('of two, the nearer one; a name is nearest to itself', () => {
  expect(nearestName('playbak', ['play', 'playback'])).toBe('playback');
  fc.assert(
    fc.property(fc.uniqueArray(fc.stringMatching(/^[a-z]{1,20}$/), { minLength: 1 }), (list) => {
      for (const name of list) expect(nearestName(name, list)).toBe(name);
    }),
  );
});
