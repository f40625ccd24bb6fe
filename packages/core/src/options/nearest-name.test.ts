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

test.each(['bucket', 'x', '', 'url', 'f'.repeat(65), '__proto__'])('%s is similar to none of them', (given) => {
  expect(nearestName(given, names)).toBeUndefined();
});

test('of six characters two may be wrong, three may not; a swap counts as one', () => {
  expect(nearestName('xxlder', ['folder'])).toBe('folder');
  expect(nearestName('xxxder', ['folder'])).toBeUndefined();
  expect(nearestName('ofldre', ['folder'])).toBe('folder');
});

test.each(['folrf', 'oedeer', 'fledel', 'forleo', 'feode', 'olodr', 'efldeo', 'fdodfe'])(
  '%s is too far from folder',
  (given) => {
    expect(nearestName(given, ['folder'])).toBeUndefined();
  },
);

test('a part of a name is recognised from four characters on, and a longer text that contains a name up to 64 characters', () => {
  expect([nearestName('size', names), nearestName('siz', names)]).toEqual(['maxSizeBytes', undefined]);
  const around = (length: number) => nearestName('folder'.padEnd(length, 'x'), names);
  expect([around(64), around(65)]).toEqual(['folder', undefined]);
});

test('of two equally near names, the first; of no names, none', () => {
  expect(nearestName('folxer', ['folder', 'folger'])).toBe('folder');
  expect(nearestName('folder', [])).toBeUndefined();
});

test('of two names, the nearer one; a name is nearest to itself', () => {
  expect(nearestName('playbak', ['play', 'playback'])).toBe('playback');
  fc.assert(
    fc.property(fc.uniqueArray(fc.stringMatching(/^[a-z]{1,20}$/), { minLength: 1 }), (list) => {
      for (const name of list) expect(nearestName(name, list)).toBe(name);
    }),
  );
});
