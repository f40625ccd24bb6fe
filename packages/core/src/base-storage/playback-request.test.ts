import { expect, test } from 'vitest';
import type { PlaybackOptions } from '../contract/playback.ts';
import { toPlaybackRequest } from './playback-request.ts';

const NOW = Date.UTC(2026, 10, 24) + 999;

function problemsOf(options: unknown): unknown {
  try {
    return toPlaybackRequest(options as PlaybackOptions, NOW);
  } catch (error) {
    return Reflect.get(Object(error), 'problems');
  }
}

test('a grant lives an hour by default, or from one second to a day; its expiry is rounded down to a whole second', () => {
  const ends = (options: PlaybackOptions) => toPlaybackRequest(options, NOW).expiresAt;
  expect(ends({})).toBe('2026-11-24T01:00:00.000Z');
  expect(ends({ expiresInSeconds: 1 })).toBe('2026-11-24T00:00:01.000Z');
  expect(ends({ expiresInSeconds: 86_400 })).toBe('2026-11-25T00:00:00.000Z');
});

test.each([
  [{ expiresInSeconds: 0 }, 'expiresInSeconds', 'The lifetime must be a whole number of seconds from 1 to 86400.'],
  [{ expiresInSeconds: 1e15 }, 'expiresInSeconds', 'The lifetime must be a whole number of seconds from 1 to 86400.'],
  [{ notBefore: 'now' }, 'notBefore', 'The start must be a time such as 2026-11-23T02:15:00.000Z.'],
  [{ ipRange: '192.0.2.0/33' }, 'ipRange', 'The address range must be an IPv4 address or range such as 192.0.2.0/24.'],
  [{ kind: 'mp4' }, 'kind', 'The kind must be iframe, hls, dash or file.'],
  [{ downloadable: 'yes' }, 'downloadable', 'Whether the video may be saved must be true or false.'],
  [{ ipRanges: '192.0.2.7' }, 'ipRanges', '`ipRanges` is not an option; do you mean `ipRange`?'],
  [
    { accessRules: [] },
    'accessRules',
    expect.stringMatching(/^`accessRules` is not an option; the options are .*, viewer/),
  ],
  [null, '', 'The options must be an object.'],
  [['192.0.2.7'], '', 'The options must be an object.'],
  ['192.0.2.7', '', 'The options must be an object.'],
  [{ downloadName: 'a.mp4' }, 'downloadName', 'A download name needs `downloadable: true`.'],
])('%j is refused, with how to fix it', (options, path, message) => {
  expect(problemsOf(options)).toEqual([{ path, code: 'OPTION_INVALID', message }]);
});

test('option names of the backend are accepted in addition to the contract’s, and misspelt ones get a suggestion', () => {
  const rules = [{ action: 'block' }];
  expect(toPlaybackRequest(Object({ accessRules: rules }), NOW, ['accessRules'])).toMatchObject({ accessRules: rules });
  const misspelt = () => toPlaybackRequest(Object({ accesRules: rules }), NOW, ['accessRules']);
  expect(misspelt).toThrow('`accesRules` is not an option; do you mean `accessRules`?');
});

test('options that are getters of a class are read as well', () => {
  class Restricted {
    get ipRange() {
      return '192.0.2.7';
    }
    get accessRules() {
      return ['one'];
    }
    get requestId() {
      return 'r-1';
    }
  }
  const restricted = { ipRange: '192.0.2.7', accessRules: ['one'], requestId: 'r-1' };
  expect(toPlaybackRequest(new Restricted(), NOW, ['accessRules'])).toMatchObject(restricted);
});

test('a grant must begin before it ends', () => {
  const inAMinute = (ms: number) => {
    const notBefore = new Date(Date.UTC(2026, 10, 24) + 60_000 + ms).toISOString();
    return problemsOf({ expiresInSeconds: 60, notBefore });
  };
  expect(inAMinute(-1)).toMatchObject({ notBefore: '2026-11-24T00:00:59.999Z' });
  const problem = { path: 'notBefore', code: 'OPTION_INVALID', message: 'The grant must begin before it ends.' };
  for (const ms of [0, 1, 1e9]) expect(inAMinute(ms)).toEqual([problem]);
});

test.each([{ kind: 'iframe' }, { kind: 'hls' }, { kind: 'dash' }, { kind: 'file' }, { downloadable: false }])(
  '%j is accepted unchanged',
  (options) => {
    expect(problemsOf(options)).toMatchObject(options);
  },
);

// Each alternative of the expression for a number of an address: the first and last of 0-9, 10-99, 100-199, 200-249, 250-255.
const parts = ['0', '9', '10', '99', '100', '109', '190', '199', '200', '209', '240', '249', '250', '255'];
test.each([
  ...parts.flatMap((part) => [`${part}.0.0.0`, `192.0.2.${part}`]),
  ...['0', '9', '10', '19', '29', '30', '32'].map((length) => `192.0.2.7/${length}`),
])('%s is an address or a range', (ipRange) => {
  expect(problemsOf({ ipRange })).toMatchObject({ ipRange });
});

test.each([
  ...['256.0.0.0', '192.0.2.256', '192.0.2.260', '192.0.2.300', '192.0.2.010', '192.0.2.1000', '192.0.2.-1'],
  ...['192.0.2', '192.0.2.7.1', ' 192.0.2.7', 'x192.0.2.7', '192.0.2.7 ', '192.0.2.7\n', '192x0.2.7', '192.0.2.x'],
  ...['192.0.2.25x', '192.0.2.2x5', '192.0.2.1x1', '192.0.2.11x', '25x.0.0.0', '2x5.0.0.0', 'x.0.0.0'],
  ...['192.0.2.7/33', '192.0.2.7/39', '192.0.2.7/40', '192.0.2.7/', '192.0.2.7/x', '192.0.2.7/320', '::1', ''],
  ...[['192.0.2.7'], 7, null],
])('%j is not an address or a range', (ipRange) => {
  expect(problemsOf({ ipRange })).toMatchObject([{ path: 'ipRange', code: 'OPTION_INVALID' }]);
});

test('a download name is checked as a file name, and its problems have its own path', () => {
  expect(problemsOf({ downloadable: true, downloadName: '../a.mp4' })).toMatchObject([{ path: 'downloadName' }]);
  expect(problemsOf({ downloadable: true, downloadName: 'a.mp4' })).toMatchObject({ downloadName: 'a.mp4' });
  const long = { downloadable: true, downloadName: ` \u200e${'a'.repeat(9000)}.mp4. ` };
  expect(problemsOf(long)).toMatchObject({ downloadName: `${'a'.repeat(251)}.mp4` });
});

test('the ids of a viewer are brought into canonical form, each with its own problems', () => {
  const viewer = { userId: 'Jose\u0301', role: 'teacher' };
  expect(toPlaybackRequest({ viewer }, NOW).viewer).toStrictEqual({ userId: 'Jos\u00e9', role: 'teacher' });
  const inContext = toPlaybackRequest({ viewer: { ...viewer, contextId: 'cafe\u0301' } }, NOW).viewer;
  expect(inContext?.contextId).toBe('caf\u00e9');
  expect(problemsOf({ viewer: { userId: '', role: 7, contextId: 'a\nb' } })).toMatchObject([
    { path: 'viewer.userId' },
    { path: 'viewer.role' },
    { path: 'viewer.contextId' },
  ]);
  expect(problemsOf({ viewer: null })).toMatchObject([{ path: 'viewer.userId' }, { path: 'viewer.role' }]);
});
