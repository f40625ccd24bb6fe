import { expect, test } from 'vitest';
import { uploadClaimSchema } from './upload-claim.ts';

const hex = '0123456789abcdef'.repeat(2);
const at = '2026-11-24T12:00:00.000Z';
const declared = {
  ...{ backendName: 'memory', uploadId: hex, videoId: `${hex}-mp4`, userId: 'student-1' },
  ...{ sizeBytes: 1, mimeType: 'video/mp4', validUntil: at },
};
const claim = { version: 1, attempt: hex, source: { kind: 'copy', id: 'x' }, declared, claimedAt: at };
const isRead = (changed: object) => uploadClaimSchema.safeParse({ ...claim, ...changed }).success;
const isDeclared = (changed: object) => isRead({ declared: { ...declared, ...changed } });

test.each([
  {},
  { source: { kind: 'parts', id: 'x'.repeat(1024) } },
  {
    declared: {
      ...{ ...declared, userId: 'u'.repeat(512), videoId: 'v'.repeat(64), contextId: 'lesson' },
      ...{ maxDurationSeconds: 0.5, state: 's'.repeat(4096) },
    },
  },
])('a claim with %j is accepted', (changed) => {
  expect(isRead(changed)).toBe(true);
});

test.each([
  { version: 2 },
  { attempt: `${hex}f` },
  { attempt: `f${hex}` },
  { attempt: `${hex.slice(1)}/` },
  { attempt: `${hex.slice(1)}g` },
  { attempt: hex.toUpperCase() },
  { source: { kind: 'post', id: 'x' } },
  { source: { kind: 'copy', id: '' } },
  { source: { kind: 'copy', id: 'x'.repeat(1025) } },
  { source: { kind: 'copy', id: 'x', key: 'y' } },
  { claimedAt: '2026-11-24T12:00:00Z' },
  { declared: undefined },
  { extra: 1 },
])('a claim with %j is refused', (changed) => {
  expect(isRead(changed)).toBe(false);
});

test.each([
  { uploadId: `${hex}f` },
  { uploadId: `/${hex.slice(1)}` },
  { uploadId: `${hex.slice(1)}g` },
  { videoId: 'v'.repeat(65) },
  { backendName: '' },
  { userId: '' },
  { userId: 'u'.repeat(513) },
  { mimeType: '' },
  { contextId: '' },
  { contextId: undefined },
  { sizeBytes: 0 },
  { sizeBytes: 1.5 },
  { maxDurationSeconds: 0 },
  { maxDurationSeconds: undefined },
  { state: 's'.repeat(4097) },
  { state: undefined },
  { validUntil: '2026-11-24T12:00:00Z' },
  { tenantId: 'school' },
])('a claim whose declaration has %j is refused', (changed) => {
  expect(isDeclared(changed)).toBe(false);
});
