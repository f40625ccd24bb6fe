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
