import { parseUploadMetadata } from '@videostorage/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { propertyRuns } from '../test-support/property-runs.ts';
import { stringifyTusMetadata, type TusUploadRequest } from './tus-upload-request.ts';

const KEYS = [
  ...[
    'name',
    'maxDurationSeconds',
    'expiry',
    'requiresignedurls',
    'allowedorigins',
    'thumbnailtimestamppct',
    'watermark',
  ],
  ...['scheduleddeletion', 'uploadId', 'attempt', 'contextId', 'custom'],
];
const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 });
const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const time = fc.constant('2026-11-23T02:15:00.000Z');
const requests: fc.Arbitrary<TusUploadRequest> = fc.record({
  sizeBytes: fc.nat(),
  creator: text,
  maxDurationSeconds: fc.integer({ min: 1, max: 36_000 }),
  expiry: time,
  requireSignedUrls: fc.boolean(),
  meta: fc.record({ name: text, uploadId: text, attempt: text, contextId: optional(text), custom: optional(text) }),
  allowedHosts: fc.array(fc.domain(), { maxLength: 5 }),
  thumbnailTimestampPct: optional(fc.double({ min: 0, max: 1, noNaN: true })),
  watermarkUid: optional(fc.stringMatching(/^[0-9a-f]{32}$/)),
  scheduledDeletion: optional(time),
});

test('property 9: only our keys are written, each once, and any values can be parsed again', () => {
  fc.assert(
    fc.property(requests, (request) => {
      const header = stringifyTusMetadata(request);
      expect(header).toMatch(/^[\x20-\x7E]+$/);
      const read = parseUploadMetadata(header);
      for (const key of read.keys()) expect(KEYS).toContain(key);
      expect(read.get('name')).toBe(request.meta.name);
      expect(read.get('contextId')).toBe(request.meta.contextId);
      expect(read.get('custom')).toBe(request.meta.custom);
      expect(read.get('maxDurationSeconds')).toBe(String(request.maxDurationSeconds));
      expect(read.has('requiresignedurls')).toBe(request.requireSignedUrls);
      expect(JSON.parse(read.get('allowedorigins') ?? '[]')).toEqual(request.allowedHosts);
      expect(read.get('scheduleddeletion')).toBe(request.scheduledDeletion);
    }),
    propertyRuns(100),
  );
});

test('as the provider documents it: a flag without value, base64 of UTF-8', () => {
  const header = stringifyTusMetadata({
    ...{ sizeBytes: 1, creator: 'u', maxDurationSeconds: 600, expiry: '2024-02-27T07:20:50Z', requireSignedUrls: true },
    ...{ allowedHosts: [], meta: { name: 'é', uploadId: 'a', attempt: 'c', contextId: 'b' } },
  });
  expect(header).toBe(
    'name w6k=,maxDurationSeconds NjAw,expiry MjAyNC0wMi0yN1QwNzoyMDo1MFo=,requiresignedurls,uploadId YQ==,attempt Yw==,contextId Yg==',
  );
});

test.each(['requiresignedurls,x', 'a,requiresignedurls bm8=', 'x\r\nupload-length: 5'])(
  'the file name %j chooses no key',
  (name) => {
    const header = stringifyTusMetadata({
      ...{ sizeBytes: 1, creator: 'u', maxDurationSeconds: 600, expiry: '2024-02-27T07:20:50Z' },
      ...{ requireSignedUrls: false, allowedHosts: [], meta: { name, uploadId: 'a', attempt: 'c' } },
    });
    expect(parseUploadMetadata(header).has('requiresignedurls')).toBe(false);
    expect(header).not.toMatch(/[\r\n]/);
  },
);
