import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import { driveHost } from '../test-support/drive-host.ts';
import { freePort } from '../test-support/local-host.ts';
import { type RunningProgram, startProgram } from '../test-support/start-program.ts';

const EXAMPLES = fileURLToPath(new URL('../../../examples', import.meta.url));
const SECRET = 'canary-of-the-http-examples-0123456789abcd';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const each of closing.splice(0).reverse()) await each();
});

async function start(name: string, environment: Readonly<Record<string, string>>): Promise<RunningProgram> {
  const example = join(EXAMPLES, name);
  const { scripts } = JSON.parse(await readFile(join(example, 'package.json'), 'utf8'));
  expect(scripts.start).toBe('node --conditions=@videostorage/source src/main.ts');
  const program = await startProgram({ args: ['src/main.ts'], folder: example, environment, untilLine: /^http:/ });
  closing.push(() => program.stop());
  return program;
}

describe.each(['node', 'express', 'fastify', 'hono'])('examples/%s as `npm start` runs it', (name) => {
  test('has fewer than 40 lines', async () => {
    const text = await readFile(join(EXAMPLES, name, 'src/main.ts'), 'utf8');
    expect(text.trimEnd().split('\n').length).toBeLessThan(40);
  });

  test('accepts an upload and plays it, over real sockets', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'videostorage-example-'));
    closing.push(() => rm(folder, { recursive: true, force: true }));
    const port = await freePort();
    const { lines } = await start(name, { PORT: String(port), VIDEO_SECRET: SECRET, VIDEO_FOLDER: folder });
    expect(lines[0]).toContain(`http://localhost:${port}`);
    await driveHost(`http://localhost:${port}`);
  });

  test('does not start without a secret', async () => {
    const refused = start(name, { PORT: String(await freePort()), VIDEO_SECRET: '' });
    await expect(refused).rejects.toThrow(/referenceSecrets/);
  });
});
