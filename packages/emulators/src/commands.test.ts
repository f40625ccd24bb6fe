import { expect, test } from 'vitest';
import { streamCommand } from './cloudflare-stream/stream-command.ts';
import { cloudFrontCommand } from './cloudfront/cloudfront-command.ts';
import { s3Command } from './s3/s3-command.ts';
import { type EmulatorCommand, runEmulatorCommand } from './shared/run-emulator-command.ts';

/** Runs a command in this process; returns its first line of output, and a function that stops it. */
function run(command: EmulatorCommand, ...args: readonly string[]) {
  const failed: string[] = [];
  let stopCommand = () => {};
  const stopped = new Promise<void>((resolve) => {
    stopCommand = resolve;
  });
  let ended = Promise.resolve();
  const firstLine = new Promise<string>((print) => {
    ended = runEmulatorCommand(command, { args, print, fail: (line) => failed.push(line), stopped });
  });
  return {
    failed,
    ended,
    firstLine,
    facts: async () => JSON.parse(await firstLine) as Record<string, string>,
    stop: () => {
      stopCommand();
      return ended;
    },
  };
}

test.each([
  ['s3', s3Command, 'endpoint', ['accessKeyId', 'bucket', 'endpoint', 'region', 'secretAccessKey']],
  [
    'cloudfront',
    cloudFrontCommand,
    'endpoint',
    [
      ...['accessKeyId', 'bucket', 'distributionId', 'endpoint', 'keyPairId', 'privateKey', 'region', 's3Endpoint'],
      'secretAccessKey',
    ],
  ],
  [
    'cloudflare-stream',
    streamCommand,
    'apiOrigin',
    ['accountId', 'apiOrigin', 'apiToken', 'customerCode', 'playbackOrigin'],
  ],
] as const)(
  'the command of %s prints its origins and credentials, and ends when it is stopped',
  async (_name, command, originName, names) => {
    const { facts, stop, failed } = run(command);
    const printed = await facts();
    expect(Object.keys(printed).sort()).toEqual(names);
    expect((await fetch(String(printed[originName]))).status).toBeGreaterThanOrEqual(400);
    await stop();
    await expect(fetch(String(printed[originName]))).rejects.toThrow('fetch failed');
    expect(failed).toEqual([]);
  },
);

test.each([
  [['--port=70000'], '--port must be a number up to 65535.'],
  [['--port=-1'], '--port must be a number up to 65535.'],
  [['--nonsense'], "Unknown option '--nonsense'"],
])('%j ends with one line that names the reason, and prints nothing', async (args, said) => {
  const { ended, failed } = run(s3Command, ...args);
  await ended;
  expect(failed.map((line) => line.slice(0, said.length))).toEqual([said]);
  expect(failed[0]).not.toContain('\n');
});

test('the port is the one of --port: a second emulator at it fails', async () => {
  const first = run(s3Command);
  const { port } = new URL(String((await first.facts())['endpoint']));
  const second = run(s3Command, `--port=${port}`);
  await second.ended;
  expect(second.failed).toEqual([expect.stringContaining('EADDRINUSE')]);
  await first.stop();
});

test('help names the flags, and starts nothing', async () => {
  const { ended, firstLine } = run(cloudFrontCommand, '--help');
  await ended;
  expect(await firstLine).toBe('--bucket VALUE\n--cors-origin VALUE …\n--port VALUE\n--help');
});

test('flags choose the settings of an S3', async () => {
  const command = run(
    s3Command,
    ...['--bucket', 'films', '--region', 'eu-west-1', '--access-key-id', 'AKIAFIXED'],
    ...['--cors-origin=https://a.example.com', '--cors-origin=https://b.example.com', '--ignore-policy', '--versioned'],
  );
  const facts = await command.facts();
  expect(facts).toMatchObject({ bucket: 'films', region: 'eu-west-1', accessKeyId: 'AKIAFIXED' });
  const body = new FormData();
  body.append('key', 'k');
  body.append('file', new Blob(['x']));
  const headers = { origin: 'https://b.example.com' };
  const posted = await fetch(`${facts['endpoint']}/films`, { method: 'POST', body, headers });
  expect([posted.status, posted.headers.get('access-control-allow-origin')]).toEqual([204, 'https://b.example.com']);
  expect(posted.headers.get('x-amz-version-id')).toBeTruthy();
  await command.stop();
  await expect(fetch(String(facts['endpoint']))).rejects.toThrow('fetch failed');
});

test('flags take an ability of an S3 away', async () => {
  const command = run(s3Command, '--bucket=films', '--without-post-policies', '--like-ceph-16');
  const body = new FormData();
  body.append('key', 'k');
  const posted = await fetch(`${(await command.facts())['endpoint']}/films`, { method: 'POST', body });
  const text = await posted.text();
  expect([posted.status, text.includes('NotImplemented'), text.includes('<Message/>')]).toEqual([501, true, true]);
  await command.stop();
});

test('flags choose the account of Stream, so that a host app in another language can be set up once', async () => {
  const accountId = '0123456789abcdef'.repeat(2);
  const command = run(
    streamCommand,
    ...['--account-id', accountId, '--api-token', 'fixed-token', '--customer-code', 'f33zs165nr7gyfy4'],
    ...['--upload-origin', 'http://127.0.0.1:1', '--without-ffmpeg'],
  );
  const facts = await command.facts();
  expect(facts).toMatchObject({ accountId, apiToken: 'fixed-token', customerCode: 'f33zs165nr7gyfy4' });
  const created = await fetch(`${facts['apiOrigin']}/client/v4/accounts/${accountId}/stream/direct_upload`, {
    method: 'POST',
    headers: { Authorization: 'Bearer fixed-token', 'Content-Type': 'application/json' },
    body: '{"maxDurationSeconds":60}',
  });
  const { result } = (await created.json()) as { readonly result: { readonly uploadURL: string } };
  expect(new URL(result.uploadURL).origin).toBe('http://127.0.0.1:1');
  await command.stop();
});
