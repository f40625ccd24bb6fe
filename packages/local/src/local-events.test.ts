import { rmSync } from 'node:fs';
import { Logger, type LogRecord, VideoNotFoundError } from '@videostorage/core';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { SECRET } from '../test-support/requests.ts';
import { temporaryFolder } from '../test-support/running-storage.ts';
import { LocalEvents } from './local-events.ts';
import { LocalStorage } from './local-storage.ts';

const diskFull = Object.assign(new Error('ENOSPC: /srv/videos/secret-place'), { code: 'ENOSPC', syscall: 'write' });
const missing = Object.assign(new Error('ENOENT'), { code: 'ENOENT', syscall: 'open' });
const folder = temporaryFolder();
afterAll(() => rmSync(folder, { recursive: true }));
let log: LogRecord[];
let events: LocalEvents;
beforeEach(() => {
  log = [];
  events = new LocalEvents(new Logger({ sink: (record) => log.push(record) }));
});

test('bytes that cannot be written are logged as a warning, with a reason that is our own text', () => {
  events.receivingFailed(diskFull);
  expect(log).toMatchObject([{ level: 'warn', event: 'upload.failed', backendName: 'local', code: 'BACKEND_FULL' }]);
  expect(JSON.stringify(log)).not.toContain('secret-place');
});

test('a video that cannot be read is logged as an error with its id; one that was deleted meanwhile is not', () => {
  events.playbackFailed(missing, 'v-mp4');
  expect(log).toEqual([]);
  events.playbackFailed(diskFull, 'v-mp4');
  expect(log).toMatchObject([
    { level: 'error', event: 'playback.denied', backendName: 'local', videoId: 'v-mp4', code: 'BACKEND_FULL' },
  ]);
});

test('an unexpected error is logged without its text', () => {
  events.receivingFailed(new TypeError('reading secret-place of undefined'));
  expect(log).toMatchObject([{ code: 'INTERNAL', message: 'An unexpected error.' }]);
});

test('a failed request is logged as one of a playback or of an upload', () => {
  const query = new URLSearchParams();
  const file = { name: 'f', uploadId: 'u', sizeBytes: 1 };
  events.requestFailed(new VideoNotFoundError(), { kind: 'video', videoId: 'v-mp4', query });
  events.requestFailed(diskFull, { kind: 'upload', file, query });
  expect(log).toMatchObject([
    { level: 'error', event: 'playback.denied', videoId: 'v-mp4', code: 'VIDEO_NOT_FOUND' },
    { level: 'error', event: 'upload.failed', backendName: 'local', code: 'BACKEND_FULL' },
  ]);
  expect(log[1]).not.toHaveProperty('videoId');
});

test('a playback that the disk refuses is answered with a 5xx, and logged by the storage', async () => {
  const refuse = () => Promise.reject(Object.assign(new Error('EIO'), { code: 'EIO', syscall: 'open' }));
  const storage = new LocalStorage({
    ...{ folder, baseUrl: 'https://host.example/media', referenceSecrets: [SECRET] },
    logger: new Logger({ sink: (record) => log.push(record) }),
    fileFunctions: { open: refuse, lstat: refuse, readFile: refuse },
  });
  const videoId = `${'0'.repeat(32)}-mp4`;
  const { url = '' } = await storage.getPlaybackUrl(videoId);
  log.length = 0;
  expect((await storage.fetch(new Request(url))).status).toBeGreaterThanOrEqual(500);
  expect(log).toMatchObject([{ level: 'error', event: 'playback.denied', videoId, code: 'BACKEND_UNAVAILABLE' }]);
});
