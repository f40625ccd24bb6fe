import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { driveHost } from '../test-support/drive-host.ts';
import { freePort } from '../test-support/local-host.ts';
import { startProgram } from '../test-support/start-program.ts';

const PACKAGE = fileURLToPath(new URL('..', import.meta.url));
const SECRET = 'canary-of-the-whole-host-0123456789abcdef';

test('the whole host of the README has at most 30 lines, and takes an upload, plays it and deletes it', async () => {
  const [, example = ''] = /```ts run\n([\s\S]*?)```/.exec(await readFile(join(PACKAGE, 'README.md'), 'utf8')) ?? [];
  expect(example.trimEnd().split('\n').length).toBeLessThanOrEqual(30);
  const port = await freePort();
  const source = example
    .replaceAll('3000', String(port))
    .replace(/^server\.close\(\);.*$/m, "server.on('listening', () => console.log('up'));");
  expect(source).not.toContain('server.close');

  const file = join(PACKAGE, '.test-report', `whole-host-${port}.ts`);
  await mkdir(join(PACKAGE, '.test-report'), { recursive: true });
  await writeFile(file, source);
  const folder = await mkdtemp(join(tmpdir(), 'videostorage-whole-host-'));
  try {
    const host = await startProgram({
      args: [file],
      folder,
      environment: { VIDEO_SECRET: SECRET },
      untilLine: /^up$/,
    });
    try {
      await driveHost(`http://localhost:${port}`);
    } finally {
      await host.stop();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
    await rm(file);
  }
}, 60_000);
