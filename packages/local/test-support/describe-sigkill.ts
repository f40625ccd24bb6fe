import { spawn } from 'node:child_process';
import { readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ManualClock } from '@videostorage/testing';
import { build } from 'esbuild';
import { afterAll, describe, expect, test } from 'vitest';
import { LocalStorage } from '../src/local-storage.ts';
import { paddedVideo } from './padded-video.ts';
import { SECRET } from './requests.ts';
import { temporaryFolder } from './running-storage.ts';

const film = await paddedVideo(300_000);
const folders: string[] = [temporaryFolder()];
const filmPath = `${folders[0]}/film.mp4`;
writeFileSync(filmPath, film);
const program = `${folders[0]}/killed-program.mjs`;
// Bundled into one file: each process would otherwise spend most of its time on reading a hundred files.
await build({
  entryPoints: [fileURLToPath(new URL('./killed-program.ts', import.meta.url))],
  outfile: program,
  bundle: true,
  platform: 'node',
  format: 'esm',
  conditions: ['@videostorage/source'],
  banner: { js: "import { createRequire as load } from 'node:module'; const require = load(import.meta.url);" },
});

/** Runs the program until its end, or until it kills itself at the step. */
async function run(killAt?: string) {
  const folder = temporaryFolder();
  folders.push(folder);
  const args = [program, folder, filmPath, ...(killAt ? [killAt] : [])];
  // The first child compiles for all.
  const env = { ...process.env, NODE_COMPILE_CACHE: `${folders[0]}/compiled` };
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  let errors = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    output += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    errors += text;
  });
  const signal = await new Promise((resolve) => child.on('close', (_code, name) => resolve(name)));
  return { folder, lines: output.split('\n'), signal, errors };
}

/** How many of the steps of a call a program is killed at, spread over the call. */
export interface KilledSteps {
  readonly create: number;
  readonly send: number;
  readonly confirm: number;
  readonly confirmSecond: number;
  readonly delete: number;
  readonly abort: number;
}

/** Declares tests: a program that is killed at these steps loses no confirmed video, and the sweep frees all the rest. */
export async function describeSigkill(killed: KilledSteps): Promise<void> {
  afterAll(() => {
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  });

  // Steps in the order in which they happen; the records are also cut in the middle of their writing.
  const dry = await run();
  const steps = dry.lines.filter((line) => line.startsWith('step ')).map((line) => line.slice(5));
  const named = (pattern: RegExp) => steps.filter((step) => pattern.test(step));
  const points = [
    ...spread(named(/^create-1\//), killed.create),
    ...spread(named(/^send-1\//), killed.send),
    ...spread(named(/^confirm-1\//), killed.confirm),
    ...spread(named(/^confirm-2\//), killed.confirmSecond),
    ...spread(named(/^delete-1\//), killed.delete),
    ...spread(named(/^abort-3\//), killed.abort),
    ...named(/^(create|confirm)-1\/handle\.writeFile#1$/).map((step) => `${step}/half`),
  ];

  test('a program that is not killed ends, and has the steps at which others are killed', () => {
    expect(dry.errors).toBe('');
    expect(dry.lines).toContain('the end');
    expect(new Set(points).size).toBe(points.length);
    const asked = Object.values(killed).reduce((sum, count) => sum + Math.min(count, 3), 0);
    expect(points.length).toBeGreaterThanOrEqual(asked);
    for (const point of points) expect(steps).toContain(point.replace(/\/half$/, ''));
  });

  describe('SIGKILL', () => {
    test.concurrent.each(points)('at %s', async (point) => {
      const { folder, lines, signal, errors } = await run(point);
      expect([signal, errors]).toEqual(['SIGKILL', '']);
      const said = (line: string) => lines.includes(line);

      // Locks of the killed program end only ten seconds later, so the test makes them old.
      for (const name of readdirSync(`${folder}/uploads`)) {
        if (name.endsWith('.lock')) utimesSync(`${folder}/uploads/${name}`, 0, 0);
      }
      const clock = new ManualClock();
      const storage = new LocalStorage({
        ...{ folder, baseUrl: 'http://127.0.0.1:1/media', referenceSecrets: [SECRET], clock },
      });
      const play = async (digit: string) => {
        const { url } = await storage.getPlaybackUrl(`${digit.repeat(32)}-mp4`);
        const response = await storage.fetch(new Request(url));
        return { status: response.status, bytes: new Uint8Array(await response.arrayBuffer()) };
      };
      const expectWhole = async (digit: string) => {
        const { status, bytes } = await play(digit);
        expect([status, Buffer.compare(bytes, film)]).toEqual([200, 0]);
      };

      // No confirmed video is lost; a video that was reported as deleted is gone.
      for (const digit of ['1', '2']) {
        const mayBeGone = digit === '1' && said('deleting 1');
        if (said(`confirmed ${digit}`) && !mayBeGone) await expectWhole(digit);
      }
      if (said('deleted 1')) expect((await play('1')).status).toBe(404);

      // What is served is whole, and what is listed is served; all else is not there.
      const listed = (await storage.listVideos()).videos.map((video) => video.videoId[0] ?? '');
      for (const digit of ['1', '2', '3']) {
        if (listed.includes(digit)) await expectWhole(digit);
        else expect((await play(digit)).status).toBe(404);
      }

      // An uploader who has a ticket can continue and complete the upload.
      for (const line of lines) {
        const [, digit, reference, url] = /^created (\d) (\S+) (\S+)$/.exec(line) ?? [];
        if (digit === undefined || reference === undefined || url === undefined) continue;
        if (digit === '1' && said('deleting 1')) continue;
        await sendMissing(storage, url);
        expect(await storage.confirmUpload(reference, { userId: 'anna' })).toMatchObject({ status: 'ready' });
        await expectWhole(digit);
      }

      // In the end no file is left.
      for (const digit of ['1', '2', '3']) await storage.deleteVideo(`${digit.repeat(32)}-mp4`);
      clock.advance(100 * 86_400_000);
      for (let run = 0; (await storage.maintenance.sweep()).more; run++) expect(run).toBeLessThan(10);
      for (const name of ['uploads', 'videos']) expect(readdirSync(`${folder}/${name}`)).toEqual([]);
    });
  });
}

/** So many items of the list, evenly spaced. */
function spread(list: readonly string[], count: number): readonly string[] {
  const taken = Math.min(count, list.length);
  return Array.from({ length: taken }, (_, index) => list[Math.floor((index * list.length) / taken)] ?? '');
}

/** Sends the missing bytes, from the offset that the storage reports. */
async function sendMissing(storage: LocalStorage, url: string): Promise<void> {
  const headers = { 'Tus-Resumable': '1.0.0' };
  const head = await storage.fetch(new Request(url, { method: 'HEAD', headers }));
  expect(head.status).toBe(200);
  const offset = Number(head.headers.get('upload-offset'));
  if (offset === film.length) return;
  const response = await storage.fetch(
    new Request(url, {
      method: 'PATCH',
      headers: { ...headers, 'Content-Type': 'application/offset+octet-stream', 'Upload-Offset': String(offset) },
      body: film.slice(offset),
    }),
  );
  expect(response.status).toBe(204);
}
