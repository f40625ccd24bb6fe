// The bundle for workers in the real workerd: `npm run proof -- stream-workerd`. It uploads, signs, confirms, lists and
// deletes against the emulator. workerd (160 MB) is installed by npm into a folder that is removed again.
import { execFile, spawn } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { CloudflareStreamEmulator } from '@videostorage/emulators';
import { makeSigningKey } from '../test-support/signing-keys.ts';
import { bundleForWorker } from '../test-support/worker-realm.ts';

/** 404: the token is valid, and there is nothing to play yet; an invalid one would be 401. */
const EXPECTED = ['tus', 'hls', 404, 'NOT_UPLOADED', 1, false];

const folder = await mkdtemp(join(tmpdir(), 'videostorage-workerd-'));
const emulator = await CloudflareStreamEmulator.start();
try {
  const { NODE_OPTIONS: _conditions, ...env } = process.env;
  const install = ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--prefix', folder, 'workerd'];
  await promisify(execFile)('npm', install, { env, cwd: folder });
  const port = await freePort();
  await writeFile(join(folder, 'worker.mjs'), await worker());
  await writeFile(join(folder, 'config.capnp'), config(port));
  const child = spawn(await workerdFile(), ['serve', join(folder, 'config.capnp'), '--verbose'], { stdio: 'inherit' });
  try {
    const answer = await firstAnswer(`http://127.0.0.1:${port}/`);
    console.log(`workerd answered: ${answer}`);
    if (answer !== JSON.stringify(EXPECTED)) process.exitCode = 1;
  } finally {
    child.kill();
  }
} finally {
  await emulator.stop();
  await rm(folder, { recursive: true, force: true });
}

async function worker(): Promise<string> {
  const { apiOrigin, playbackOrigin, accountId, apiToken } = emulator;
  const { id, jwk } = await emulator.createSigningKey();
  const spare = makeSigningKey('spare');
  const signingKeys = [
    { id, jwk },
    { id: spare.id, jwk: spare.jwk },
  ];
  const options = { apiOrigin, playbackOrigin, accountId, apiToken, signingKeys, basicUploadMaxBytes: 0 };
  const entry = join(folder, 'entry.ts');
  const index = fileURLToPath(new URL('../src/index.ts', import.meta.url));
  const program = `
    import { CloudflareStreamStorage } from ${JSON.stringify(index)};
    const options = ${JSON.stringify({ ...options, referenceSecrets: ['x'.repeat(32)] })};
    const work = async () => {
      const storage = new CloudflareStreamStorage(options);
      const film = { userId: 'u', contextId: 'c', fileName: 'f.mp4', sizeBytes: 1000, mimeType: 'video/mp4' };
      const ticket = await storage.getUploadUrl(film);
      const playback = await storage.getPlaybackUrl(ticket.videoId, { kind: 'hls' });
      const page = await fetch(playback.sources.find(({ kind }) => kind === 'iframe').url);
      await page.text();
      const refused = await storage.confirmUpload(ticket.uploadReference, { userId: 'u' }).catch(({ code }) => code);
      await storage.captions.upload(ticket.videoId, 'en', 'WEBVTT\\n');
      const captions = await storage.captions.list(ticket.videoId);
      await storage.deleteVideo(ticket.videoId);
      const exists = await storage.videoExists(ticket.videoId);
      return [ticket.protocol, playback.kind, page.status, refused, captions.length, exists];
    };
    export default {
      fetch: () => work().then((facts) => Response.json(facts), (error) => new Response(error.stack, { status: 500 })),
    };
  `;
  await writeFile(entry, program);
  return (await bundleForWorker(entry, 'esm')).code;
}

/** No compatibility flag, so no API of Node is available. */
function config(port: number): string {
  return `using Workerd = import "/workerd/workerd.capnp";
    const config :Workerd.Config = (
      services = [
        (name = "main", worker = (modules = [(name = "worker.mjs", esModule = embed "worker.mjs")], compatibilityDate = "2026-01-01")),
        (name = "internet", network = (allow = ["private", "public"])),
      ],
      sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")],
    );`;
}

async function workerdFile(): Promise<string> {
  const scope = join(folder, 'node_modules/@cloudflare');
  const [platform = ''] = await readdir(scope);
  return join(scope, platform, 'bin/workerd');
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** workerd needs a moment to begin. */
async function firstAnswer(url: string): Promise<string> {
  for (let attempt = 0; ; attempt++) {
    const answer = await fetch(url).catch((error: unknown) => {
      if (attempt === 100) throw error;
    });
    if (answer !== undefined) return answer.text();
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
