import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseUploadState, stringifyUploadState, type UploadState } from './upload-state.ts';

const state: UploadState = { createdAt: '2026-11-24T12:00:00.000Z', fileName: 'film.mp4' };

test('a state is read as it was written, with any name, custom strings and state of the dialect', () => {
  const short = fc.string({ unit: 'grapheme', maxLength: 40 });
  const states = fc.record(
    {
      createdAt: fc.constant(state.createdAt),
      fileName: short,
      custom: fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), short),
      state: short,
    },
    { requiredKeys: ['createdAt', 'fileName'] },
  );
  fc.assert(
    fc.property(states, (written) => {
      expect(parseUploadState(stringifyUploadState(written))).toEqual(structuredClone(written));
    }),
  );
});

test('an absent member stays absent', () => {
  expect(Object.keys(parseUploadState(stringifyUploadState(state)))).toEqual(['createdAt', 'fileName']);
});

test.each([
  undefined,
  '',
  'x',
  'null',
  '{}',
  '{"t":"2026-11-24T12:00:00.000Z"}',
  '{"t":"yesterday","n":"film.mp4"}',
  '{"t":"2026-11-24T12:00:00Z","n":"film.mp4"}',
  '{"t":"2026-11-24T12:00:00.000Z","n":"film.mp4","x":1}',
  '{"t":"2026-11-24T12:00:00.000Z","n":"film.mp4","c":{"week":3}}',
  JSON.stringify({ t: state.createdAt, n: 'film.mp4', s: 'x'.repeat(513) }),
])('%j is not a state of this version', (text) => {
  const message = expect.stringContaining('The state of the upload reference');
  expect(() => parseUploadState(text)).toThrow(expect.objectContaining({ code: 'BACKEND_BAD_RESPONSE', message }));
});
