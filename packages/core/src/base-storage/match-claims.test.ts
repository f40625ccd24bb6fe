import { describe, expect, test } from 'vitest';
import type { UploadClaims } from '../reference/upload-claims.ts';
import { matchClaims, type ObservedFacts } from './match-claims.ts';

const unlimited: UploadClaims = {
  ...{ backendName: 'array', uploadId: '0'.repeat(32), videoId: 'video-1', userId: 'student-1' },
  ...{ sizeBytes: 1000, mimeType: 'video/mp4', validUntil: '2026-11-24T00:00:00.000Z' },
};
const limited: UploadClaims = { ...unlimited, maxDurationSeconds: 10 };

describe('a fact that contradicts the declaration is a mismatch, with a message for the user', () => {
  test.each<[Partial<ObservedFacts>, string, string]>([
    [{ sizeBytes: 999 }, 'SIZE_MISMATCH', 'The file has 999 bytes; 1000 were declared.'],
    [{ mimeType: 'video/webm' }, 'TYPE_MISMATCH', 'The file is not of the declared type video/mp4.'],
    [
      { status: 'processing', durationSeconds: 11.5 },
      'DURATION_EXCEEDED',
      'The video is longer than the 10 seconds that are allowed.',
    ],
    [{ durationSeconds: 11.5 }, 'DURATION_EXCEEDED', 'The video is longer than the 10 seconds that are allowed.'],
  ])('%j', (facts, code, message) => {
    expect(matchClaims({ status: 'ready', ...facts }, limited)).toEqual({
      ...{ outcome: 'mismatch', failure: { code, message } },
    });
  });

  test("the storage's own reason of a failure comes first", () => {
    const failure = { code: 'NOT_A_VIDEO', message: 'This is not a video.' } as const;
    const facts = { status: 'failed', failure, sizeBytes: 1 } as const;
    expect(matchClaims(facts, limited)).toEqual({ outcome: 'mismatch', failure });
  });
});

describe('nothing contradicts the declaration', () => {
  test.each<[string, Partial<ObservedFacts>, UploadClaims]>([
    ['what equals the declaration', { sizeBytes: 1000, mimeType: 'video/mp4', durationSeconds: 11 }, limited],
    ['any duration without a limit', { durationSeconds: 1e6 }, unlimited],
    ['what is unknown without a limit', {}, unlimited],
    ['a duration that is not known while the video is processed', { status: 'processing' }, limited],
  ])('%s', (_name, facts, claims) => {
    expect(matchClaims({ status: 'ready', ...facts }, claims)).toEqual({ outcome: 'match' });
  });
});

test('a failure without a known reason is undetermined, with the storage’s message', () => {
  const message = 'The storage could not process the file.';
  expect(matchClaims({ status: 'failed' }, limited)).toEqual({ outcome: 'undetermined', message });
  for (const code of ['UNKNOWN', 'FETCH_FAILED'] as const) {
    const failure = { code, message: 'No idea.' };
    const facts = { status: 'failed', failure, sizeBytes: 1000 } as const;
    expect(matchClaims(facts, limited)).toEqual({ outcome: 'undetermined', message: 'No idea.' });
    // A proven mismatch decides even then.
    const wrong = matchClaims({ ...facts, sizeBytes: 1 }, limited);
    expect(wrong).toMatchObject({ outcome: 'mismatch', failure: { code: 'SIZE_MISMATCH' } });
  }
});

test('an unknown duration of a ready video under a limit is undetermined, with a message for the user', () => {
  expect(matchClaims({ status: 'ready' }, limited)).toEqual({
    ...{ outcome: 'undetermined', message: 'The play time of the file could not be determined.' },
  });
});
