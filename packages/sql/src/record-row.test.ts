import type { UploadTicket } from '@videostorage/core';
import { insertedRecord } from '@videostorage/service';
import { newUpload } from '@videostorage/service/testing';
import { expect, test } from 'vitest';
import { recordFromRow, rowFromRecord } from './record-row.ts';

test('text from a provider or a file is stored without NUL, which PostgreSQL refuses', () => {
  const said = { codec: 'av\0c1', errorMessage: '\0It broke.\0' };
  const row = rowFromRecord({ ...insertedRecord(newUpload(), 0), ...said }, 'writer');
  expect([row.codec, row.error_message]).toEqual(['avc1', 'It broke.']);
});

test('a row that is not readable names the table of videos', () => {
  const row = { ...rowFromRecord(insertedRecord(newUpload(), 0), 'writer'), status: 'lost' };
  const cause = expect.objectContaining({ message: 'A row of videostorage_videos is not readable: status.' });
  expect(() => recordFromRow(row)).toThrow(expect.objectContaining({ cause }));
});

const ids = { videoId: 'v', uploadReference: 'r', expiresAt: '2031-02-03T04:05:06.007Z' };
test.each<UploadTicket>([
  { ...ids, protocol: 'tus', url: 'https://a.test/t', chunk: { minBytes: 5, maxBytes: 90, multipleOf: 3 } },
  { ...ids, protocol: 'post', url: 'https://a.test/f', fields: { key: 'uploads/v' }, fileField: 'file' },
  { ...ids, protocol: 'multipart', partSizeBytes: 8, partCount: 3 },
])('a ticket for $protocol is read with all its members', (ticket) => {
  const record = { ...insertedRecord(newUpload(), 0), ticket };
  expect(recordFromRow(rowFromRecord(record, 'writer'))).toEqual(record);
});
