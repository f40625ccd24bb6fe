import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { endDemos, startDemo } from '../test-support/started-demo.ts';
import { USUAL_PORT } from './command-line.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'classroom-demo-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));
afterEach(endDemos);

describe('the demo explains in one sentence', () => {
  test('what is wrong with its arguments', async () => {
    const { code, printed } = await startDemo(['--backend', 'azure']).ended;
    expect([code, printed]).toEqual([
      1,
      'There is no backend "azure"; choose local, s3-cloudfront, cloudflare-stream.\n',
    ]);
  });

  test('a port that another program uses', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const { code, printed } = await startDemo(['--port', String(port), '--folder', join(folder, 'busy')]).ended;
    expect([code, printed]).toEqual([1, `Port ${port} is in use; choose another, or omit --port.\n`]);
    other.close();
  });

  test('a path that cannot be a folder', async () => {
    await writeFile(join(folder, 'file'), '');
    const { code, printed } = await startDemo(['--port', '0', '--folder', join(folder, 'file', 'below')]).ended;
    expect([code, printed]).toEqual([
      1,
      expect.stringMatching(/^The classroom could not start: ENOTDIR.*--folder\.\n$/),
    ]);
  });
});

test('without --port, when the usual port is in use, it opens on another one, and prints its port and folder', async () => {
  const other = createServer();
  // Whichever program uses it, it is in use.
  await new Promise<void>((resolve) => other.once('error', () => resolve()).listen(USUAL_PORT, '127.0.0.1', resolve));
  const own = join(folder, 'beside');
  const demo = startDemo(['--folder', own]);
  await expect.poll(demo.printed, { timeout: 30_000 }).toContain('is open at');
  const [, port = '', named] =
    /^Port 4300 is in use: this classroom uses port (\d+) and the folder (.*)\.$/m.exec(demo.printed()) ?? [];
  expect(named).toBe(own);
  expect((await fetch(`http://127.0.0.1:${port}`)).status).toBe(200);
  demo.child.kill('SIGINT');
  expect((await demo.ended).code).toBe(0);
  other.close();
}, 60_000);

test('it opens, answers, and stops at Ctrl-C', async () => {
  const demo = startDemo(['--port', '0', '--folder', join(folder, 'local')]);
  const opened = /is open at http:\/\/127\.0\.0\.1:\d+\nVideos are kept in .*\n/;
  await expect.poll(demo.printed, { timeout: 30_000 }).toMatch(opened);
  const [url = ''] = /http:\S+/.exec(demo.printed()) ?? [];
  expect(await (await fetch(url)).text()).toContain('Students submit videos, teachers watch them.');
  demo.child.kill('SIGINT');
  expect((await demo.ended).code).toBe(0);
  await expect(fetch(url)).rejects.toThrow();
}, 60_000);
