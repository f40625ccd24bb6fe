import { expect, test } from 'vitest';
import { newUpload } from '../testing/records/new-upload.ts';
import { MemoryVideoRecords } from './memory-video-records.ts';

const upload = newUpload({ custom: { lesson: '1' } });

test('later changes to an inserted or returned object do not change the record', async () => {
  const records = new MemoryVideoRecords();
  const custom = { ...upload.custom };
  const record = await records.insert({ ...upload, custom }, []);
  custom['lesson'] = '2';
  expect(Object.isFrozen(record) && Object.isFrozen(record.custom)).toBe(true);
  expect((await records.get(upload.id))?.custom).toEqual({ lesson: '1' });
});

test('options are strict', () => {
  expect(() => Reflect.construct(MemoryVideoRecords, [{ clok: {} }])).toThrow('`clock`');
  expect(() => Reflect.construct(MemoryVideoRecords, [{ clock: 1 }])).toThrow('must be a Clock');
});
