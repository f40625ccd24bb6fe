import assert from 'node:assert/strict';
import { compatibleMimeTypes, type UploadRequest, type VideoMetadata } from '@videostorage/core';
import { fixtures } from '../fixtures.ts';
import { isTimestamp, survivesJson } from './expectations.ts';

/** The facts that every storage reports. */
const KEPT = ['contextId', 'fileName', 'custom'] as const;
const HOUR_MS = 3_600_000;
const SECOND_MS = 1000;
const MEMBERS = {
  ...{ videoId: true, backendName: true, status: true, playable: true, progress: true, failure: true, userId: true },
  ...{ contextId: true, fileName: true, mimeType: true, sizeBytes: true, durationSeconds: true, widthPixels: true },
  ...{ heightPixels: true, codec: true, createdAt: true, uploadedAt: true, revision: true, custom: true },
} satisfies Record<keyof VideoMetadata, true>;

/** The metadata must be well-formed and consistent; unknown facts are absent, never -1, "" or null. */
export function isHonest(video: VideoMetadata, request: UploadRequest, nowMs: number): void {
  survivesJson(video);
  assert.ok(['pending', 'processing', 'ready', 'failed'].includes(video.status), `status ${video.status}`);
  assert.ok(
    !Object.values(video).some((value) => value === -1 || value === '' || value === null),
    'an unknown fact must be absent',
  );
  assert.deepEqual(
    Object.keys(video).filter((name) => !(name in MEMBERS)),
    [],
    'metadata has members that are not in the contract',
  );
  assert.equal(typeof video.playable, 'boolean');
  assert.ok(video.status !== 'ready' || video.playable, 'a ready video must be playable');
  isTimestamp('createdAt', video.createdAt);
  assert.ok(
    Math.abs(Date.parse(video.createdAt) - nowMs) < HOUR_MS,
    `createdAt must be less than an hour from now, but is ${video.createdAt}`,
  );
  if (video.uploadedAt !== undefined) isTimestamp('uploadedAt', video.uploadedAt);
  for (const field of ['userId', 'contextId', 'fileName', 'sizeBytes'] as const) {
    assert.ok(video[field] === undefined || video[field] === request[field], `${field} is ${video[field]}`);
  }
  assert.ok(video.mimeType === undefined || compatibleMimeTypes(video.mimeType, request.mimeType), video.mimeType);
  assert.match(video.mimeType ?? 'video/mp4', /^[a-z]+\/[a-z0-9.+-]+$/, 'the type must be canonical');
  assert.ok(video.progress === undefined || (video.progress >= 0 && video.progress <= 1), `progress ${video.progress}`);
  assert.ok(
    video.progress === undefined || video.status === 'processing',
    `a ${video.status} video has a wrong \`progress\``,
  );
  assert.ok(
    video.failure === undefined || video.status === 'failed',
    `a ${video.status} video has a wrong \`failure\``,
  );
  const uploadedMs = Date.parse(video.uploadedAt ?? video.createdAt);
  assert.ok(uploadedMs >= Date.parse(video.createdAt) - SECOND_MS, 'it arrived before it was created');
}

/**
 * Beside the checks of `isHonest`, nothing of the request may be lost, and measured values must be right. The video is a
 * fixture of the suite.
 */
export function isComplete(video: VideoMetadata, request: UploadRequest, nowMs: number): void {
  isHonest(video, request, nowMs);
  for (const field of KEPT) assert.deepEqual(video[field], request[field], `${field} must be kept`);
  const { durationSeconds, widthPixels, heightPixels } = fixtures.moovFirst;
  const measuredSeconds = video.durationSeconds ?? durationSeconds;
  assert.ok(Math.abs(measuredSeconds - durationSeconds) < 0.5, `the video lasts ${measuredSeconds} seconds`);
  assert.equal(video.widthPixels ?? widthPixels, widthPixels);
  assert.equal(video.heightPixels ?? heightPixels, heightPixels);
}

/** A listed video must have the same facts as its metadata; times may differ, since providers round them differently. */
export function agrees(listed: VideoMetadata, asked: VideoMetadata): void {
  for (const name of Object.keys({ ...asked, ...listed }) as readonly (keyof VideoMetadata)[]) {
    if (name === 'createdAt' || name === 'uploadedAt') {
      const differenceMs = Date.parse(listed[name] ?? '') - Date.parse(asked[name] ?? '');
      assert.ok(Math.abs(differenceMs) <= SECOND_MS, `the listing has another ${name}`);
    } else assert.deepEqual(listed[name], asked[name], `the listing has another ${name}`);
  }
}
