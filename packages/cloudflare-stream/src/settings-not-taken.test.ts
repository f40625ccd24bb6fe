import { expect, test } from 'vitest';
import { type AskedVideo, settingsNotTaken } from './settings-not-taken.ts';
import type { VideoDetails } from './video-details.ts';

const meta = { name: 'film.mp4', uploadId: '0'.repeat(32), attempt: 'one', contextId: 'lesson-1', custom: '{}' };
const asked: AskedVideo = {
  ...{ requireSignedUrls: true, allowedHosts: ['a.example', 'B.example'], thumbnailTimestampPct: 0.5 },
  ...{ watermarkUid: 'mark', scheduledDeletion: '2027-01-01T00:00:00.000Z', maxDurationSeconds: 60 },
  ...{ creator: 'vs-upload-1', meta },
};
const taken: VideoDetails = {
  ...{ uid: 'f'.repeat(32), state: 'pendingupload', readyToStream: false, requireSignedURLs: true, meta },
  ...{ allowedOrigins: ['a.example', 'B.example'], thumbnailTimestampPct: 0.5, watermarkUid: 'mark' },
  ...{ scheduledDeletion: '2027-01-01T00:00:00Z', maxDurationSeconds: 60, creator: 'vs-upload-1' },
};
const namesOf = (details: Partial<VideoDetails>, other: Partial<AskedVideo> = {}) =>
  settingsNotTaken({ ...taken, ...details }, { ...asked, ...other }).map(({ name }) => name);

test.each<[string, Partial<VideoDetails>]>([
  ['the requested values', {}],
  ['host names in another order, case and number', { allowedOrigins: ['b.example', 'A.EXAMPLE', 'a.example'] }],
  ['a fraction that was rounded', { thumbnailTimestampPct: 0.5009 }],
  ['a time that was rounded to seconds', { scheduledDeletion: '2027-01-01T00:00:01Z' }],
  ['names of meta in lower case', { meta: { ...meta, uploadId: '', uploadid: meta.uploadId } }],
  ['more of meta', { meta: { ...meta, more: 1 } }],
])('%s: every setting counts as applied', (_name, details) => {
  expect(namesOf(details)).toEqual([]);
});

test('a setting that was not requested may have any value', () => {
  const other = {
    ...{ allowedHosts: [], thumbnailTimestampPct: undefined, watermarkUid: undefined },
    ...{ scheduledDeletion: undefined, maxDurationSeconds: undefined, meta: { ...meta, contextId: undefined } },
  };
  expect(namesOf({ meta: { ...meta, contextId: 'lesson-2' } }, other)).toEqual([]);
  const unset = { allowedOrigins: [], thumbnailTimestampPct: undefined, watermarkUid: undefined };
  expect(namesOf({ ...unset, scheduledDeletion: undefined, maxDurationSeconds: undefined }, other)).toEqual([]);
});

test.each<[string, Partial<VideoDetails>, object | undefined]>([
  ['requireSignedUrls', { requireSignedURLs: false }, { requireSignedURLs: true }],
  ['allowedHosts', { allowedOrigins: ['a.example'] }, { allowedOrigins: ['a.example', 'B.example'] }],
  ['allowedHosts', { allowedOrigins: ['a.exampleb.example'] }, { allowedOrigins: ['a.example', 'B.example'] }],
  ['thumbnailTimestampPct', { thumbnailTimestampPct: undefined }, { thumbnailTimestampPct: 0.5 }],
  ['thumbnailTimestampPct', { thumbnailTimestampPct: 0.502 }, { thumbnailTimestampPct: 0.5 }],
  ['scheduledDeletionDays', { scheduledDeletion: undefined }, { scheduledDeletion: asked.scheduledDeletion }],
  ['scheduledDeletionDays', { scheduledDeletion: '2027-01-01T00:00:02Z' }, expect.anything()],
  ['watermarkUid', { watermarkUid: undefined }, undefined],
  ['maxDurationSeconds', { maxDurationSeconds: 61 }, { maxDurationSeconds: 60 }],
  ['creator', { creator: 'anna' }, { creator: 'vs-upload-1' }],
  ['meta', { meta: {} }, { meta }],
  ['meta', { meta: { ...meta, attempt: 'two' } }, { meta }],
])('%s was not applied in %j, and is set by the edit %j', (name, details, edit) => {
  expect(settingsNotTaken({ ...taken, ...details }, asked)).toEqual([{ name, edit }]);
});
