import assert from 'node:assert/strict';
import { compatibleMimeTypes, type UploadRequest, type VideoMetadata } from '@videostorage/core';
import { fixtures } from '../fixtures.ts';
import { isTimestamp, survivesJson } from './expectations.ts';

/** What every storage can tell as soon as it can tell anything. */
const KEPT = ['contextId', 'fileName', 'custom'] as const;
const HOUR_MS = 3_600_000;
const SECOND_MS = 1000;

/** What is said of a video is well-formed and true; what is unknown is absent, never -1, "" or null. */
export function isHonest(video: VideoMetadata, request: UploadRequest, nowMs: number): void {
  survivesJson(video);
  assert.ok(['pending', 'processing', 'ready', 'failed'].includes(video.status), `status ${video.status}`);
  assert.ok(!Object.values(video).some((value) => value === -1 || value === '' || value === null), 'unknown is absent');
  assert.equal(typeof video.playable, 'boolean');
  assert.ok(video.status !== 'ready' || video.playable, 'what is ready can be played');
  isTimestamp('createdAt', video.createdAt);
  assert.ok(Math.abs(Date.parse(video.createdAt) - nowMs) < HOUR_MS, `createdAt is ${video.createdAt}`);
  if (video.uploadedAt !== undefined) isTimestamp('uploadedAt', video.uploadedAt);
  for (const field of ['userId', 'contextId', 'fileName', 'sizeBytes'] as const) {
    assert.ok(video[field] === undefined || video[field] === request[field], `${field} is ${video[field]}`);
  }
  assert.ok(video.mimeType === undefined || compatibleMimeTypes(video.mimeType, request.mimeType), video.mimeType);
  assert.ok(video.progress === undefined || (video.progress >= 0 && video.progress <= 1), `progress ${video.progress}`);
}

/** Besides, nothing of what was asked for has got lost, and what was measured is right. The video is the suite's own. */
export function isComplete(video: VideoMetadata, request: UploadRequest, nowMs: number): void {
  isHonest(video, request, nowMs);
  for (const field of KEPT) assert.deepEqual(video[field], request[field], `${field} must be kept`);
  const { durationSeconds, widthPixels, heightPixels } = fixtures.moovFirst;
  const measuredSeconds = video.durationSeconds ?? durationSeconds;
  assert.ok(Math.abs(measuredSeconds - durationSeconds) < 0.5, `the video lasts ${measuredSeconds} seconds`);
  assert.equal(video.widthPixels ?? widthPixels, widthPixels);
  assert.equal(video.heightPixels ?? heightPixels, heightPixels);
}

/** What a listing says of a video is part of what the storage says of it when asked; providers round times differently. */
export function agrees(listed: VideoMetadata, asked: VideoMetadata): void {
  for (const name of Object.keys(listed) as readonly (keyof VideoMetadata)[]) {
    if (name === 'createdAt' || name === 'uploadedAt') {
      const differenceMs = Date.parse(listed[name] ?? '') - Date.parse(asked[name] ?? '');
      assert.ok(Math.abs(differenceMs) <= SECOND_MS, `a listing tells another ${name}`);
    } else assert.deepEqual(listed[name], asked[name], `a listing tells another ${name}`);
  }
}
