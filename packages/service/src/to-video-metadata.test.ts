import { expect, test } from 'vitest';
import { insertedRecord } from './record-change.ts';
import { newUpload } from './testing/records/new-upload.ts';
import { toFailure, toVideoMetadata } from './to-video-metadata.ts';
import type { VideoRecord } from './video-record.ts';

const pending = insertedRecord(newUpload({ userId: 'ada', contextId: null }), Date.UTC(2026, 10, 23));
const { id: videoId, backendName, createdAt, fileName, mimeType, sizeBytes } = pending;

test('all known facts of a video are returned, with the id of its record', () => {
  const facts = {
    ...{ fileName: 'film.webm', mimeType: 'video/webm', sizeBytes: 7, contextId: 'course-1', custom: { week: '1' } },
    ...{ durationSeconds: 12.5, widthPixels: 1920, heightPixels: 1080, codec: 'vp09', revision: 'attempt-1' },
    ...{ uploadedAt: '2026-11-23T10:00:00.000Z', status: 'ready' as const },
  } satisfies Partial<VideoRecord>;
  const kept = { videoId: 'of-the-storage', uploadReference: 'of-the-server', submissionId: 'essay-7' };
  expect(toVideoMetadata({ ...pending, ...facts, ...kept })).toEqual({
    ...{ ...facts, videoId, backendName, createdAt, userId: 'ada', playable: true },
  });
});

test('unknown facts are absent, not null', () => {
  expect(toVideoMetadata({ ...pending, status: 'processing' })).toEqual({
    ...{ videoId, backendName, createdAt, fileName, mimeType, sizeBytes, userId: 'ada' },
    ...{ status: 'processing', playable: false },
  });
});

test('an erased person has neither id nor file name', () => {
  const erased = toVideoMetadata({ ...pending, userId: '', fileName: '', status: 'deleted' });
  expect(erased).toEqual({ videoId, backendName, createdAt, mimeType, sizeBytes, status: 'deleted', playable: false });
});

test.each([
  ['MALFORMED', 'The file ends early.', { code: 'MALFORMED', message: 'The file ends early.' }],
  ['MALFORMED', null, { code: 'MALFORMED', message: 'The video could not be processed.' }],
  [null, null, { code: 'UNKNOWN', message: 'The video could not be processed.' }],
  ['BACKEND_BUSY', 'Later.', { code: 'UNKNOWN', message: 'Later.' }],
])('the failure of a record with code %j and message %j', (errorCode, errorMessage, failure) => {
  expect(toFailure({ ...pending, errorCode, errorMessage })).toEqual(failure);
});
