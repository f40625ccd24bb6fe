import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { CloudflareStreamEmulator } from '@videostorage/testing/emulators';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeSigningKey } from '../test-support/signing-keys.ts';

let folder: string;
let bundle: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'videostorage-edge-'));
  bundle = join(folder, 'bundle.mjs');
  await build({
    entryPoints: [fileURLToPath(new URL('./index.ts', import.meta.url))],
    outfile: bundle,
    bundle: true,
    format: 'esm',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    conditions: ['@videostorage/source', 'workerd', 'import'],
  });
});

afterAll(() => rm(folder, { recursive: true, force: true }));

test('bundled for a worker it holds nothing of Node, and works where there is no process', async () => {
  expect(await readFile(bundle, 'utf8')).not.toMatch(/\bBuffer\.|["']node:|undici/);
  const emulator = await CloudflareStreamEmulator.start();
  const { apiOrigin, playbackOrigin, accountId, apiToken } = emulator;
  const { id, jwk } = makeSigningKey('edge1');
  const options = {
    apiOrigin,
    playbackOrigin,
    accountId,
    apiToken,
    signingKeys: [{ id, jwk }],
    referenceSecrets: ['x'.repeat(32)],
  };
  const program = `
    const { stdout } = process;
    delete globalThis.process;
    const { CloudflareStreamStorage } = await import('./bundle.mjs');
    const storage = new CloudflareStreamStorage(${JSON.stringify(options)});
    const file = { fileName: 'f.mp4', sizeBytes: 1000, mimeType: 'video/mp4' };
    const ticket = await storage.getUploadUrl({ userId: 'u', contextId: 'c', ...file });
    const playback = await storage.getPlaybackUrl(ticket.videoId, { kind: 'hls' });
    const refused = await storage.confirmUpload(ticket.uploadReference, { userId: 'u' }).catch((error) => error.code);
    stdout.write(JSON.stringify([ticket.protocol, playback.kind, typeof process, refused]));
  `;
  await writeFile(join(folder, 'program.mjs'), program);
  const { stdout } = await promisify(execFile)(process.execPath, [join(folder, 'program.mjs')]);
  await emulator.stop();
  expect(JSON.parse(stdout)).toEqual(['post', 'hls', 'undefined', 'NOT_UPLOADED']);
});
