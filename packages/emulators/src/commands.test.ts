import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const start = (folder: string, ...args: readonly string[]) => {
  const file = fileURLToPath(new URL(`./${folder}/command.ts`, import.meta.url));
  return spawn(process.execPath, ['--conditions=@videostorage/source', file, ...args]);
};

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
    const child = start(folder);
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

test('flags choose what an S3 is like', async () => {
  const child = start(
    's3',
    ...['--bucket', 'films', '--region', 'eu-west-1', '--access-key-id', 'AKIAFIXED'],
    ...['--cors-origin=https://a.example.com', '--cors-origin=https://b.example.com', '--ignore-policy', '--versioned'],
  );
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const facts = JSON.parse(line.toString('utf8')) as Record<string, string>;
  expect(facts).toMatchObject({ bucket: 'films', region: 'eu-west-1', accessKeyId: 'AKIAFIXED' });
  const body = new FormData();
  body.append('key', 'k');
  body.append('file', new Blob(['x']));
  const headers = { origin: 'https://b.example.com' };
  const posted = await fetch(`${facts['endpoint']}/films`, { method: 'POST', body, headers });
  expect([posted.status, posted.headers.get('access-control-allow-origin')]).toEqual([204, 'https://b.example.com']);
  expect(posted.headers.get('x-amz-version-id')).toBeTruthy();
  child.kill('SIGINT');
  expect(await once(child, 'exit')).toEqual([0, null]);
}, 20_000);

test('flags take an ability of an S3 away', async () => {
  const child = start('s3', '--bucket=films', '--without-post-policies', '--like-ceph-16');
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const facts = JSON.parse(line.toString('utf8')) as Record<string, string>;
  const body = new FormData();
  body.append('key', 'k');
  const posted = await fetch(`${facts['endpoint']}/films`, { method: 'POST', body });
  const text = await posted.text();
  expect([posted.status, text.includes('NotImplemented'), text.includes('<Message/>')]).toEqual([501, true, true]);
  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([0, null]);
}, 20_000);

test.each([
  [['--port=x'], '--port must be a number up to 65535.\n'],
  [['--port=70000'], '--port must be a number up to 65535.\n'],
  [['--nonsense'], "Unknown option '--nonsense'"],
])(
  '%j ends with one line that says why',
  async (args, said) => {
    const child = start('s3', ...args);
    const [[text], [code]] = (await Promise.all([once(child.stderr, 'data'), once(child, 'exit')])) as [
      [Buffer],
      [number],
    ];
    expect([code, text.toString('utf8').slice(0, said.length)]).toEqual([1, said]);
    expect(text.toString('utf8').trim().split('\n')).toHaveLength(1);
  },
  20_000,
);

test('help names the flags, and starts nothing', async () => {
  const child = start('cloudfront', '--help');
  const chunks: Buffer[] = await child.stdout.toArray();
  expect(Buffer.concat(chunks).toString('utf8')).toBe('--bucket VALUE\n--cors-origin VALUE …\n--port VALUE\n--help\n');
  expect(child.exitCode ?? (await once(child, 'exit'))[0]).toBe(0);
}, 20_000);
