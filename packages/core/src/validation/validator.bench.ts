import { expect, test } from 'vitest';
import type { UploadRequest } from '../contract/upload.ts';
import { Validator } from './validator.ts';

const request: UploadRequest = {
  userId: 'student-1',
  contextId: 'assignment-1',
  tenantId: 'school-1',
  fileName: 'Vorträge im Herbst.mp4',
  sizeBytes: 1_234_567_890,
  mimeType: 'video/mp4',
  maxDurationSeconds: 3600,
  custom: { title: 'The first lecture', course: '7' },
  uploadId: '0123456789abcdef0123456789abcdef',
};
const hostile = { ...request, fileName: `${'a'.repeat(100_000)}.exe`, userId: '\ud800', uploadId: '' };

/** Validation checks eleven members with some twenty rules. */
const MAX_RATIO = 10;

test('validateUploadRequest compared with a bare copy through JSON', async ({ bench }) => {
  const validator = new Validator();
  const result = await bench.compare(
    bench('JSON.parse(JSON.stringify(request))', () => {
      JSON.parse(JSON.stringify(request));
    }),
    bench('validateUploadRequest(request)', () => {
      validator.validateUploadRequest(request);
    }),
    bench('validateUploadRequest, refused, name of 100 KB', () => {
      expect(() => validator.validateUploadRequest(hostile)).toThrow();
    }),
  );
  const meanMs = (name: Parameters<typeof result.get>[0]) => result.get(name).latency.mean;
  const copyMs = meanMs('JSON.parse(JSON.stringify(request))');
  const validRatio = meanMs('validateUploadRequest(request)') / copyMs;
  const refusedRatio = meanMs('validateUploadRequest, refused, name of 100 KB') / copyMs;
  console.log(
    `validate ${validRatio.toFixed(1)} times a copy through JSON, refuse 100 KB ${refusedRatio.toFixed(0)} times`,
  );
  expect(validRatio).toBeLessThan(MAX_RATIO);
});
