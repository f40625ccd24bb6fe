import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

test.each([
  ['s3', 'endpoint', ['accessKeyId', 'bucket', 'endpoint', 'region', 'secretAccessKey']],
  [
    'cloudfront',
    'endpoint',
    [
      ...['accessKeyId', 'bucket', 'distributionId', 'endpoint', 'keyPairId', 'privateKey', 'region', 's3Endpoint'],
      'secretAccessKey',
    ],
  ],
  ['cloudflare-stream', 'apiOrigin', ['accountId', 'apiOrigin', 'apiToken', 'customerCode', 'playbackOrigin']],
])(
  'the command of %s says where it is and stops when it is told to',
  async (folder, originName, names) => {
    const file = fileURLToPath(new URL(`./${folder}/command.ts`, import.meta.url));
    const child = spawn(process.execPath, ['--conditions=@videostorage/source', file], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    const facts = JSON.parse(line.toString('utf8')) as Record<string, string>;
    expect(Object.keys(facts).sort()).toEqual(names);
    const response = await fetch(String(facts[originName]));
    expect(response.status).toBeGreaterThanOrEqual(400);
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
  },
  20_000,
);
