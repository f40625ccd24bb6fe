import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

test('flags choose the account, so that a host in another language can be set up once', async () => {
  const file = fileURLToPath(new URL('./command.ts', import.meta.url));
  const accountId = '0123456789abcdef'.repeat(2);
  const child = spawn(process.execPath, [
    ...['--conditions=@videostorage/source', file, '--account-id', accountId, '--api-token', 'fixed-token'],
    ...['--customer-code', 'f33zs165nr7gyfy4', '--upload-origin', 'http://127.0.0.1:1', '--without-ffmpeg'],
  ]);
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const facts = JSON.parse(line.toString('utf8')) as Record<string, string>;
  expect(facts).toMatchObject({ accountId, apiToken: 'fixed-token', customerCode: 'f33zs165nr7gyfy4' });
  const created = await fetch(`${facts['apiOrigin']}/client/v4/accounts/${accountId}/stream/direct_upload`, {
    method: 'POST',
    headers: { Authorization: 'Bearer fixed-token', 'Content-Type': 'application/json' },
    body: '{"maxDurationSeconds":60}',
  });
  const { result } = (await created.json()) as { readonly result: { readonly uploadURL: string } };
  expect(new URL(result.uploadURL).origin).toBe('http://127.0.0.1:1');
  child.kill('SIGINT');
  expect(await once(child, 'exit')).toEqual([0, null]);
}, 20_000);
