import { afterEach, expect, test } from 'vitest';
import { fileOf, filmBytes, sha256 } from '../test-support/film.ts';
import { MapStorage } from '../test-support/map-storage.ts';
import { quickClock } from '../test-support/quick-clock.ts';
import { backendNames, UploadHost } from '../test-support/upload-host.ts';
import { createHttpTransport } from './create-http-transport.ts';
import { createUploader } from './create-uploader.ts';
import type { UploadPhase } from './upload-handle.ts';

let host: UploadHost;
afterEach(() => host.stop());

const film = await filmBytes(12_000_000);

test.each(backendNames)('on %s a file is sent straight to the storage, confirmed, and ready', async (name) => {
  host = await UploadHost.start(name);
  const uploader = createUploader({
    transport: createHttpTransport(`${host.origin}/api/video`),
    storage: new MapStorage(),
    clock: quickClock,
  });
  const upload = uploader.upload(fileOf(film), { contextId: 'lesson-1' });
  const phases: UploadPhase[] = [];
  upload.subscribe(({ phase }) => {
    if (phases.at(-1) !== phase) phases.push(phase);
  });
  const video = await upload.done;
  expect(video).toMatchObject({ status: 'ready', contextId: 'lesson-1', sizeBytes: film.length });
  if (name !== 'stream') expect(sha256(await host.servedBytes(video.videoId))).toBe(sha256(film));
  expect(phases.filter((phase) => phase !== 'processing' && phase !== 'checking')).toEqual([
    ...['asking', 'sending', 'confirming', 'ready'],
  ]);
  expect(upload).toMatchObject({
    phase: 'ready',
    video,
    progress: { sentBytes: film.length, totalBytes: film.length },
  });
});
