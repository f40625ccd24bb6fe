import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { endDemos, startDemo } from '../test-support/started-demo.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'classroom-demo-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));
afterEach(endDemos);

test('the demo says in one sentence what is wrong with its arguments', async () => {
  const { code, printed } = await startDemo(['--backend', 'azure']).ended;
  expect([code, printed]).toEqual([
    1,
    'There is no backend "azure"; choose local, s3-cloudfront, cloudflare-stream.\n',
  ]);
});

test('it opens, answers, and ends at Ctrl-C', async () => {
  const demo = startDemo(['--port', '0', '--folder', join(folder, 'local')]);
  const opened = /is open at http:\/\/127\.0\.0\.1:\d+\nVideos are kept in .*\n/;
  await expect.poll(demo.printed, { timeout: 30_000 }).toMatch(opened);
  const [url = ''] = /http:\S+/.exec(demo.printed()) ?? [];
  expect(await (await fetch(url)).text()).toContain('Students submit videos, teachers watch them.');
  demo.child.kill('SIGINT');
  expect((await demo.ended).code).toBe(0);
  await expect(fetch(url)).rejects.toThrow();
}, 60_000);
