import { expect, test } from 'vitest';
import { MemoryVideoRecords } from './memory-video-records.ts';

const upload = {
  id: '0123456789abcdef0123456789abcdef',
  backendName: 'local',
  userId: 'ann',
  contextId: null,
  tenantId: null,
  submissionId: null,
  idempotencyKey: null,
  fileName: 'talk.mp4',
  mimeType: 'video/mp4',
  sizeBytes: 10,
  maxDurationSeconds: null,
  custom: { lesson: '1' },
  expiresInSeconds: 60,
  dueInSeconds: 60,
};

test('a record changes neither with what was inserted nor with what was given', async () => {
  const records = new MemoryVideoRecords();
  const custom = { ...upload.custom };
  const record = await records.insert({ ...upload, custom }, []);
  custom.lesson = '2';
  expect(Object.isFrozen(record) && Object.isFrozen(record.custom)).toBe(true);
  expect((await records.get(upload.id))?.custom).toEqual({ lesson: '1' });
});

test('options are strict', () => {
  expect(() => Reflect.construct(MemoryVideoRecords, [{ clok: {} }])).toThrow('`clock`');
  expect(() => Reflect.construct(MemoryVideoRecords, [{ clock: 1 }])).toThrow('must be a clock');
});
