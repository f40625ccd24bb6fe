import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fixtures } from '@videostorage/testing';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { StreamTestClient } from '../../test-support/stream-test-client.ts';
import { CloudflareStreamEmulator } from './cloudflare-stream-emulator.ts';

let emulator: CloudflareStreamEmulator;
let client: StreamTestClient;

beforeEach(async () => {
  emulator = await CloudflareStreamEmulator.start();
  client = new StreamTestClient(emulator);
});
afterEach(() => emulator.stop());

/** Status of a request with a target that no client would send; 0 when the connection ends without an answer. */
async function rawStatus(target: string, headers: readonly string[] = []): Promise<number> {
  const { port } = new URL(emulator.apiOrigin);
  const socket = connect(Number(port), '127.0.0.1');
  let answer = '';
  socket.on('data', (chunk: Buffer) => {
    answer += chunk.toString('latin1');
  });
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  socket.write(`GET ${target} HTTP/1.1\r\n${['Host: x', 'Connection: close', ...headers].join('\r\n')}\r\n\r\n`);
  await closed;
  return Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 0);
}

test('paths that are malformed, lead out of the folder or cannot be decoded are refused', async () => {
  const uid = await emulator.addVideo(await fixtures.moovFirst.read());
  const token = [`Authorization: Bearer ${emulator.apiToken}`];
  const expected: Record<string, number> = {
    '//': 400,
    'http://[': 400,
    '/%': 400,
    '/%ff/iframe': 400,
    [`/client/v4/accounts/${emulator.accountId}/stream/%`]: 400,
    [`/client/v4/accounts/${emulator.accountId}/stream/a%2fb`]: 404,
    [`/client/v4/accounts/${emulator.accountId}/stream/constructor`]: 404,
    [`/${uid}/manifest/..%2f..%2f..%2fetc%2fpasswd`]: 404,
    [`/${uid}/manifest/..%2f${uid}`]: 404,
    [`/${uid}/manifest/a%00.mp4`]: 404,
    [`/${uid}/captions/..%2f..%2fx.vtt`]: 404,
    '/__proto__/iframe': 404,
    '/': 404,
    [`/${'a.'.repeat(3000)}/iframe`]: 401,
    [`/${'a'.repeat(20_000)}`]: 431,
  };
  const statuses: Record<string, number> = {};
  for (const target of Object.keys(expected)) statuses[target] = await rawStatus(target, token);
  expect(statuses).toEqual(expected);
});

test('names of JavaScript members are not settings, and deeply nested `meta` does not break the list', async () => {
  const create = (text: string) =>
    fetch(client.url('/direct_upload'), { method: 'POST', headers: client.authorization, body: text });
  const names = ['constructor', '__proto__', 'toString', 'hasOwnProperty'];
  const hostile = names.map((name) => `"${name}":{"maxDurationSeconds":1e9,"requireSignedURLs":"x"}`).join();
  const answer = await create(`{"maxDurationSeconds":60,${hostile}}`);
  const { uid } = ((await answer.json()) as { result: { uid: string } }).result;
  expect((await client.api('GET', `/${uid}`)).body.result).toMatchObject({
    ...{ maxDurationSeconds: 60, requireSignedURLs: false },
  });
  const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
  expect((await create(`{"maxDurationSeconds":60,"meta":{"a":${deep}}}`)).status).toBe(400);
  expect((await client.api('GET', '')).status).toBe(200);
});

test.each([
  ['not JSON', '{', 400],
  ['an array', '[]', 400],
  ['more than 1 MiB', `{"meta":"${'x'.repeat(1024 * 1024)}"}`, 413],
])('a body that is %s is refused with the envelope', async (_name, body, status) => {
  const response = await fetch(client.url('/direct_upload'), { method: 'POST', headers: client.authorization, body });
  expect([response.status, await response.json()]).toMatchObject([status, { success: false, messages: null }]);
});

test.each([
  ['without a boundary', 'multipart/form-data', 'x'],
  [
    'without an end',
    'multipart/form-data; boundary=b',
    '--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nabc',
  ],
  [
    'with endless headers',
    'multipart/form-data; boundary=b',
    `--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\nX: ${'y'.repeat(500_000)}\r\n\r\nabc\r\n--b--\r\n`,
  ],
  [
    'with the file as a text',
    'multipart/form-data; boundary=b',
    '--b\r\nContent-Disposition: form-data; name="file"\r\n\r\nabc\r\n--b--\r\n',
  ],
  ['that is JSON', 'application/json', '{}'],
])('a form %s is refused, and the link still works', async (_name, type, body) => {
  const { uploadURL } = await client.createUpload();
  const response = await fetch(uploadURL, { method: 'POST', headers: { 'Content-Type': type }, body });
  expect([response.status, await response.json()]).toMatchObject([400, { success: false }]);
  expect(await client.send(uploadURL, new Blob([await fixtures.moovFirst.read()]))).toBe(200);
});

describe('in a temporary folder of its own', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'videostorage-own-'));
    vi.stubEnv('TMPDIR', folder);
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    await rm(folder, { recursive: true, force: true });
  });

  test('stopping leaves nothing: no folder, no listener; also in the middle of an upload, and twice', async () => {
    const own = await CloudflareStreamEmulator.start();
    const { uploadURL } = await new StreamTestClient(own).createUpload();
    const { port, pathname } = new URL(uploadURL);
    const socket = connect(Number(port), '127.0.0.1');
    // It does not matter whether the connection ends by a reset.
    socket.on('error', () => undefined);
    const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    socket.write(`POST ${pathname} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n`);
    socket.write('Content-Type: multipart/form-data; boundary=b\r\n\r\n--b\r\n');
    socket.write('Content-Disposition: form-data; name="file"; filename="a"\r\n\r\nabc');
    const files = () => readdir(folder, { recursive: true });
    // The folder of the emulator, and the file of the unfinished upload.
    await expect.poll(files).toHaveLength(2);
    await Promise.all([own.stop(), own.stop(), closed]);
    await own.stop();
    expect(await files()).toEqual([]);
    await expect(fetch(own.apiOrigin)).rejects.toThrow();
  });

  test('uploads that failed and deleted videos leave no file', async () => {
    const own = await CloudflareStreamEmulator.start();
    const ownClient = new StreamTestClient(own);
    const files = async () => (await readdir(folder, { recursive: true })).length;
    const bytes = await fixtures.moovFirst.read();
    const { uploadURL } = await ownClient.createUpload();
    expect(await ownClient.send(uploadURL, new Blob([bytes]), 'video')).toBe(400);
    const tus = await ownClient.createTus(1000);
    await ownClient.api('DELETE', `/${tus.headers.get('stream-media-id')}`);
    const uid = await own.addVideo(bytes);
    await fetch(`${own.playbackOrigin}/${uid}/manifest/video.mpd`);
    await ownClient.api('DELETE', `/${uid}`);
    await ownClient.api('POST', '/copy', { input: 'http://127.0.0.1:9/' });
    await own.finishProcessing();
    // The emulator's own folder.
    expect(await files()).toBe(1);
    await own.stop();
  });

  test('a port in use is an error, and no folder is left', async () => {
    const port = Number(new URL(emulator.apiOrigin).port);
    await expect(CloudflareStreamEmulator.start({ port })).rejects.toThrow('EADDRINUSE');
    expect(await readdir(folder)).toEqual([]);
  });
});
