import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { keptSecret } from './kept-secret.ts';

test('processes that start at once get the same secret, which is kept for later ones', async () => {
  const parent = await mkdtemp(join(tmpdir(), 'classroom-secret-'));
  onTestFinished(() => rm(parent, { recursive: true }));
  const folder = join(parent, 'new');
  const secrets = new Set(await Promise.all(Array.from({ length: 8 }, () => keptSecret(folder))));
  expect(secrets).toEqual(new Set([expect.stringMatching(/^[0-9a-f]{64}$/)]));
  expect(secrets).toEqual(new Set([await keptSecret(folder)]));
  expect(await readdir(folder)).toEqual(['secret']);
  expect((await stat(join(folder, 'secret'))).mode & 0o777).toBe(0o600);
});
