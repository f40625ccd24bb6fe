import { insertedRecord } from '@videostorage/service';
import { newUpload } from '@videostorage/service/testing';
import { expect, test } from 'vitest';
import { rowFromRecord } from './record-row.ts';

test('what a provider or a file says is stored without NUL, which PostgreSQL refuses in text', () => {
  const said = { codec: 'av\0c1', errorMessage: '\0It broke.\0' };
  const row = rowFromRecord({ ...insertedRecord(newUpload(), 0), ...said }, 'writer');
  expect([row.codec, row.error_message]).toEqual(['avc1', 'It broke.']);
});
