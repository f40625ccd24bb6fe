import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import { driveHost } from '../test-support/drive-host.ts';
import { freePort } from '../test-support/local-host.ts';

const EXAMPLES = fileURLToPath(new URL('../../../examples', import.meta.url));
const SECRET = 'canary-of-the-http-examples-0123456789abcd';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const each of closing.splice(0).reverse()) await each();
});

/** Starts an example as its README says, and waits for its first line. */
async function startExample(name: string, environment: Readonly<Record<string, string>>): Promise<ChildProcess> {
  const args = ['--conditions=@videostorage/source', '--disable-warning=ExperimentalWarning', 'src/main.ts'];
  const child = spawn(process.execPath, args, {
    cwd: join(EXAMPLES, name),
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  closing.push(async () => {
    if (child.exitCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill();
    await ended;
  });
  await new Promise<void>((resolve, reject) => {
    let text = '';
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    child.once('exit', (code) => reject(new Error(`The example ended with ${code}: ${text}`)));
    child.stdout.once('data', () => resolve());
  });
  return child;
}

describe.each(['node', 'express', 'fastify', 'hono'])('examples/%s', (name) => {
  test('has fewer than 40 lines', async () => {
    const text = await readFile(join(EXAMPLES, name, 'src/main.ts'), 'utf8');
    expect(text.trimEnd().split('\n').length).toBeLessThan(40);
  });

  test('takes an upload and plays it, over real sockets', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'videostorage-example-'));
    closing.push(() => rm(folder, { recursive: true, force: true }));
    const port = await freePort();
    await startExample(name, { PORT: String(port), VIDEO_SECRET: SECRET, VIDEO_FOLDER: folder });
    await driveHost(`http://localhost:${port}`);
  }, 30_000);

  test('H1: does not start without a secret', async () => {
    const start = startExample(name, { PORT: String(await freePort()), VIDEO_SECRET: '' });
    await expect(start).rejects.toThrow(/referenceSecrets/);
  }, 30_000);
});
