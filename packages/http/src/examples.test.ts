import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { driveHost } from '../test-support/drive-host.ts';
import { freePort } from '../test-support/local-host.ts';
import { type RunningProgram, startProgram } from '../test-support/start-program.ts';

const EXAMPLES = fileURLToPath(new URL('../../../examples', import.meta.url));
const PROGRAM = fileURLToPath(new URL('../test-support/programs/run-examples.ts', import.meta.url));
const SECRET = 'canary-of-the-http-examples-0123456789abcd';
const NAMES = ['node', 'express', 'fastify', 'hono'] as const;

// All of them in one process; `examples.full.test.ts` starts each as its README says.
let folder: string;
let program: RunningProgram;
let refusals: Readonly<Record<string, string>>;
const ports = new Map<string, number>();
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'videostorage-examples-'));
  for (const name of NAMES) ports.set(name, await freePort());
  program = await startProgram({
    args: [PROGRAM, EXAMPLES, ...[...ports].map(([name, port]) => `${name}=${port}`)],
    folder,
    environment: { VIDEO_SECRET: SECRET, VIDEO_FOLDER: folder },
    untilLine: /^\{/,
  });
  refusals = JSON.parse(program.lines.find((line) => line.startsWith('{')) ?? '{}');
}, 60_000);
afterAll(async () => {
  await program.stop();
  await rm(folder, { recursive: true, force: true });
});

describe.each(NAMES)('examples/%s', (name) => {
  test('has fewer than 40 lines', async () => {
    const text = await readFile(join(EXAMPLES, name, 'src/main.ts'), 'utf8');
    expect(text.trimEnd().split('\n').length).toBeLessThan(40);
  });

  test('takes an upload and plays it, over real sockets', async () => {
    await driveHost(`http://localhost:${ports.get(name)}`);
  }, 30_000);

  test('does not start without a secret', () => {
    expect(refusals[name]).toMatch(/referenceSecrets/);
  });
});
