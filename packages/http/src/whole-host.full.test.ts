import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, expect, test } from 'vitest';
import { driveHost } from '../test-support/drive-host.ts';
import { freePort } from '../test-support/local-host.ts';
import { startProgram } from '../test-support/start-program.ts';

const PACKAGE = fileURLToPath(new URL('..', import.meta.url));
const REPOSITORY = fileURLToPath(new URL('../../..', import.meta.url));
const VIDEO_SECRET = 'canary-of-the-whole-host-0123456789abcdef';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const each of closing.splice(0).reverse()) await each();
});

/** The executed example of a README, which has at most 30 lines. */
async function exampleOf(folder: string): Promise<string> {
  const [, example = ''] = /```ts run\n([\s\S]*?)```/.exec(await readFile(join(folder, 'README.md'), 'utf8')) ?? [];
  expect(example.trimEnd().split('\n').length).toBeLessThanOrEqual(30);
  return example;
}

/** A program in a file from which its imports resolve, and an empty folder to run it in. */
async function written(name: string, source: string): Promise<{ readonly file: string; readonly folder: string }> {
  const file = join(PACKAGE, '.test-report', `${name}.ts`);
  await mkdir(join(PACKAGE, '.test-report'), { recursive: true });
  await writeFile(file, source);
  const folder = await mkdtemp(join(tmpdir(), 'videostorage-whole-host-'));
  closing.push(() => Promise.all([rm(file), rm(folder, { recursive: true, force: true })]));
  return { file, folder };
}

test('the whole host app of the README has at most 30 lines, and accepts an upload, plays it and deletes it', async () => {
  const port = await freePort();
  const source = (await exampleOf(PACKAGE))
    .replaceAll('3000', String(port))
    .replace(/^server\.close\(\);.*$/m, "server.on('listening', () => console.log('up'));");
  expect(source).not.toContain('server.close');
  const { file, folder } = await written(`whole-host-${port}`, source);
  const host = await startProgram({ args: [file], folder, environment: { VIDEO_SECRET }, untilLine: /^up$/ });
  closing.push(() => host.stop());
  await driveHost(`http://localhost:${port}`);
}, 60_000);

test('the whole host app of the repository’s README has at most 30 lines, and plays what is uploaded, until it is deleted', async () => {
  const example = await exampleOf(REPOSITORY);
  const port = await freePort();
  const { file, folder } = await written(`whole-story-${port}`, example);
  const flags = ['--conditions=@videostorage/source', '--disable-warning=ExperimentalWarning'];
  const env = { ...process.env, VIDEO_SECRET, PORT: String(port) };
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [...flags, file], { cwd: folder, env });
  expect(stdout).toMatch(/status: 'ready',\n {2}playable: true,\n {2}userId: 'student-7',/);
  expect(stdout.trimEnd().split('\n').at(-1)).toBe('200 { purged: true } 404');
  expect(stderr).toBe('');
}, 60_000);
