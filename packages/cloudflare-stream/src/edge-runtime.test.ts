import { fileURLToPath } from 'node:url';
import { CloudflareStreamEmulator } from '@videostorage/emulators';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeSigningKey } from '../test-support/signing-keys.ts';
import { bundleForWorker, runInWorkerRealm, type WorkerBundle } from '../test-support/worker-realm.ts';

let bundle: WorkerBundle;
let emulator: CloudflareStreamEmulator;

beforeAll(async () => {
  bundle = await bundleForWorker(fileURLToPath(new URL('./index.ts', import.meta.url)), 'iife');
  emulator = await CloudflareStreamEmulator.start();
});

afterAll(() => emulator.stop());

test('bundled for a worker it contains no module of Node', () => {
  expect(bundle.inputs.filter((path) => /node_modules\/undici\/|\/node-\w+\.ts$/.test(path))).toEqual([]);
  expect(bundle.inputs.filter((path) => /edge-http\.ts$/.test(path))).toHaveLength(1);
  // A command in the text of a message is not an import.
  const code = bundle.code.replaceAll("require('node:crypto').randomBytes(32)", '');
  expect(code).not.toMatch(/["']node:/);
});

test('it uploads, confirms, signs, lists and deletes with web globals only, and without eval', async () => {
  const { apiOrigin, playbackOrigin, accountId, apiToken } = emulator;
  const { id, jwk } = makeSigningKey('edge1');
  const origins = { apiOrigin, playbackOrigin };
  const options = { ...origins, accountId, apiToken, signingKeys: [{ id, jwk }], referenceSecrets: ['x'.repeat(32)] };
  const program = `async () => {
    const storage = new bundle.CloudflareStreamStorage(given);
    const file = { fileName: 'f.mp4', sizeBytes: 1000, mimeType: 'video/mp4' };
    const ticket = await storage.getUploadUrl({ userId: 'u', contextId: 'c', ...file });
    const playback = await storage.getPlaybackUrl(ticket.videoId, { kind: 'hls' });
    const refused = await storage.confirmUpload(ticket.uploadReference, { userId: 'u' }).catch((error) => error.code);
    const page = await storage.listVideos();
    await storage.captions.upload(ticket.videoId, 'en', 'WEBVTT\\n');
    const captions = await storage.captions.list(ticket.videoId);
    await storage.deleteVideo(ticket.videoId);
    const exists = await storage.videoExists(ticket.videoId);
    return [ticket.protocol, playback.kind, refused, page.videos.length, captions.length, exists, typeof process, typeof Buffer];
  }`;
  const answer = await runInWorkerRealm(bundle.code, program, options);
  expect(JSON.parse(String(answer))).toEqual(['post', 'hls', 'NOT_UPLOADED', 0, 1, false, 'undefined', 'undefined']);
});

test('an outage is the same error there as in Node', async () => {
  const options = {
    apiOrigin: 'http://127.0.0.1:1',
    accountId: '0'.repeat(32),
    apiToken: 't',
    referenceSecrets: ['x'.repeat(32)],
  };
  const program = `async () => {
    const retryHandler = undefined;
    const storage = new bundle.CloudflareStreamStorage({ ...given, retryHandler });
    return storage.videoExists('x', { timeoutMs: 5000 }).catch(({ code, attempts }) => ({ code, attempts }));
  }`;
  const answer = await runInWorkerRealm(bundle.code, program, options);
  expect(JSON.parse(String(answer))).toEqual({ code: 'BACKEND_UNAVAILABLE', attempts: 4 });
});
