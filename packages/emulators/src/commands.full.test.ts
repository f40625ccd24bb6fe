import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

test.each([
  ['s3', 'SIGTERM', 'endpoint', ['accessKeyId', 'bucket', 'endpoint', 'region', 'secretAccessKey']],
  [
    'cloudfront',
    'SIGINT',
    'endpoint',
    [
      ...['accessKeyId', 'bucket', 'distributionId', 'endpoint', 'keyPairId', 'privateKey', 'region', 's3Endpoint'],
      'secretAccessKey',
    ],
  ],
  [
    'cloudflare-stream',
    'SIGTERM',
    'apiOrigin',
    ['accountId', 'apiOrigin', 'apiToken', 'customerCode', 'playbackOrigin'],
  ],
] as const)(
  'the command of %s prints where it listens, and stops at %s with exit code 0',
  async (folder, signal, originName, names) => {
    const file = fileURLToPath(new URL(`./${folder}/command.ts`, import.meta.url));
    const child = spawn(process.execPath, ['--conditions=@videostorage/source', file]);
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    const facts = JSON.parse(line.toString('utf8')) as Record<string, string>;
    expect(Object.keys(facts).sort()).toEqual(names);
    const response = await fetch(String(facts[originName]));
    expect(response.status).toBeGreaterThanOrEqual(400);
    child.kill(signal);
    expect(await once(child, 'exit')).toEqual([0, null]);
  },
);

test('a command that fails ends with exit code 1 and one line on standard error', async () => {
  const file = fileURLToPath(new URL('./s3/command.ts', import.meta.url));
  const child = spawn(process.execPath, ['--conditions=@videostorage/source', file, '--port=x']);
  const [[text], [code]] = (await Promise.all([once(child.stderr, 'data'), once(child, 'exit')])) as [
    [Buffer],
    [number],
  ];
  expect([code, text.toString('utf8')]).toEqual([1, '--port must be a number up to 65535.\n']);
});
