import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { FileStore } from '@tus/file-store';
import { fixtures, ManualClock } from '@videostorage/testing';
import { Upload } from 'tus-js-client';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { StreamTestClient } from '../../test-support/stream-test-client.ts';
import { TcpFaultProxy } from '../shared/tcp-fault-proxy.ts';
import { CloudflareStreamEmulator } from './cloudflare-stream-emulator.ts';

const CHUNK_BYTES = 5_242_880;
let emulator: CloudflareStreamEmulator;
let client: StreamTestClient;
const clock = new ManualClock();

beforeEach(async () => {
  emulator = await CloudflareStreamEmulator.start({ clock });
  client = new StreamTestClient(emulator);
});
afterEach(() => emulator.stop());

/** A real video, followed by a box that players skip. */
async function paddedVideo(sizeBytes: number): Promise<Buffer<ArrayBuffer>> {
  const video = Buffer.from(await fixtures.moovFirst.read());
  const box = randomBytes(sizeBytes - video.length);
  box.writeUInt32BE(box.length, 0);
  box.write('free', 4, 'latin1');
  return Buffer.concat([video, box]);
}

function sendByTus(uploadUrl: string, bytes: Buffer, chunkSize: number): Promise<void> {
  return new Promise<void>((resolve, reject) => {
    const upload = new Upload(bytes, {
      uploadUrl,
      chunkSize,
      retryDelays: [0, 0, 0, 0],
      onError: reject,
      onSuccess: () => resolve(),
    });
    upload.start();
  });
}

async function patch(
  location: string,
  offset: number,
  body: Uint8Array<ArrayBuffer>,
  headers: Readonly<Record<string, string>> = {},
): Promise<number> {
  const response = await fetch(location, {
    method: 'PATCH',
    headers: {
      'Tus-Resumable': '1.0.0',
      'Upload-Offset': String(offset),
      'Content-Type': 'application/offset+octet-stream',
      ...headers,
    },
    body,
  });
  await response.arrayBuffer();
  return response.status;
}

test('creation answers 201 without a body, with the address and the id', async () => {
  const response = await client.createTus(1000, {
    name: 'Übung',
    requiresignedurls: null,
    maxDurationSeconds: '600',
    expiry: new Date(clock.now() + 3_600_000).toISOString(),
    allowedorigins: 'a.example,*.b.example',
    requiresSignedUrl: '',
    uploadId: 'u1',
  });
  const uid = String(response.headers.get('stream-media-id'));
  expect([response.status, await response.text(), response.headers.get('tus-resumable')]).toEqual([201, '', '1.0.0']);
  expect(response.headers.get('location')).toMatch(/\/tus\/[0-9a-f]{32}\?tusv2=true$/);
  expect((await client.api('GET', `/${uid}`)).body.result).toMatchObject({
    uid,
    requireSignedURLs: true,
    maxDurationSeconds: 600,
    allowedOrigins: ['a.example', '*.b.example'],
    meta: { name: 'Übung', requiresSignedUrl: '', uploadId: 'u1' },
    uploadExpiry: new Date(clock.now() + 3_600_000).toISOString(),
  });
});

test('a misspelt flag silently makes a video public', async () => {
  const response = await client.createTus(1000, { requireSignedUrl: null });
  const uid = String(response.headers.get('stream-media-id'));
  expect((await client.api('GET', `/${uid}`)).body.result).toMatchObject({
    requireSignedURLs: false,
    meta: { requireSignedUrl: '' },
  });
});

test.each([
  ['another version', 1000, { 'Tus-Resumable': '0.2.2' }, 412],
  ['no length', 1000, { 'Upload-Length': '' }, 400],
  ['a deferred length', 1000, { 'Upload-Defer-Length': '1' }, 400],
  ['more than 30 GB', 30_000_000_001, {}, 413],
  ['malformed metadata', 1000, { 'Upload-Metadata': 'name a b' }, 400],
  ['a length of 10 hours and more', 1000, { 'Upload-Metadata': 'maxDurationSeconds NDAwMDA=' }, 400],
])('creation with %s is refused', async (_name, lengthBytes, headers: Record<string, string>, status) => {
  const response = await client.createTus(lengthBytes, {}, { headers });
  expect(response.status).toBe(status);
  expect(await response.json()).toMatchObject({ success: false, result: null });
});

test('without a maximum four hours are reserved', async () => {
  await client.createTus(1000);
  const { result } = (await client.api('GET', '/storage-usage')).body;
  expect(result['totalStorageMinutes']).toBe(240);
});

test('chunks must follow the rules of size', async () => {
  const response = await client.createTus(3 * CHUNK_BYTES);
  const location = String(response.headers.get('location'));
  expect(await patch(location, 0, new Uint8Array(1000))).toBe(400);
  expect(await patch(location, 0, new Uint8Array(CHUNK_BYTES + 1))).toBe(400);
  expect(await patch(location, 0, new Uint8Array(CHUNK_BYTES + 262_144))).toBe(204);
  expect(await patch(location, 0, new Uint8Array(CHUNK_BYTES))).toBe(409);
  const head = await fetch(location, { method: 'HEAD', headers: { 'Tus-Resumable': '1.0.0' } });
  expect(head.headers.get('upload-offset')).toBe(String(CHUNK_BYTES + 262_144));
  expect((await fetch(location, { method: 'DELETE', headers: { 'Tus-Resumable': '1.0.0' } })).status).toBe(405);
});

test('extensions that the service does not offer are refused, at creation and afterwards', async () => {
  for (const [name, value] of [
    ['Upload-Concat', 'partial'],
    ['Upload-Defer-Length', '1'],
    ['Upload-Checksum', 'sha1 AAAA'],
  ] as const) {
    expect([name, (await client.createTus(1000, {}, { headers: { [name]: value } })).status]).toEqual([name, 400]);
    const location = String((await client.createTus(1000)).headers.get('location'));
    expect([name, await patch(location, 0, new Uint8Array(1000), { [name]: value })]).toEqual([name, 400]);
  }
  for (const method of ['DELETE', 'GET', 'POST', 'PUT']) {
    const location = String((await client.createTus(1000)).headers.get('location'));
    expect([method, (await fetch(location, { method, headers: { 'Tus-Resumable': '1.0.0' } })).status]).toEqual([
      method,
      405,
    ]);
  }
});

test('a body at creation is refused', async () => {
  const response = await fetch(client.url('?direct_user=true'), {
    method: 'POST',
    headers: { ...client.authorization, 'Tus-Resumable': '1.0.0', 'Upload-Length': '1000' },
    body: 'x',
  });
  expect([response.status, await response.json()]).toMatchObject([400, { errors: [{ code: 10005 }] }]);
});

test('a part is refused with another type, another version, no version, more bytes than announced, or a wrong offset', async () => {
  const bytes = await fixtures.moovFirst.read();
  const created = await client.createTus(bytes.length);
  const location = String(created.headers.get('location'));
  expect(await patch(location, 0, bytes, { 'Content-Type': 'video/mp4' })).toBe(415);
  expect(await patch(location, 0, bytes, { 'Content-Type': 'application/offset+octet-stream;x=y' })).toBe(415);
  expect(await patch(location, 0, bytes, { 'Tus-Resumable': '0.2.2' })).toBe(412);
  expect(await patch(location, 0, new Uint8Array(bytes.length + 1))).toBe(413);
  expect(await patch(location, bytes.length, new Uint8Array(1))).toBe(409);
  for (const offset of [Number.NaN, -1, 0.5]) expect(await patch(location, offset, bytes)).toBe(400);
  expect(await patch(location, -1, bytes)).toBeGreaterThanOrEqual(400);
  const uid = String(created.headers.get('stream-media-id'));
  expect((await client.api('GET', `/${uid}`)).body.result['status']).toMatchObject({ state: 'pendingupload' });
  // A length that is declared later is an extension that is not offered.
  expect(await patch(location, 0, bytes, { 'Upload-Length': String(bytes.length) })).toBeGreaterThanOrEqual(400);
  // After the creation, metadata is ignored, well-formed or not, and so are headers that proxies add.
  const added = { 'Upload-Metadata': 'requiresignedurls,name bmV3,a b c', 'X-Forwarded-Proto': 'https,http' };
  expect(await patch(location, 0, bytes, added)).toBe(204);
  expect(await patch(location, 0, bytes)).toBe(409);
  await emulator.finishProcessing();
  expect((await client.api('GET', `/${uid}`)).body.result).toMatchObject({
    ...{ meta: {}, requireSignedURLs: false, readyToStream: true, size: bytes.length },
  });
});

test('the flag counts by its presence, names in any case', async () => {
  for (const [metadata, isPrivate] of [
    ['requiresignedurls', true],
    ['requiresignedurls ZmFsc2U=', true],
    ['requireSignedURLs', true],
    ['requiresignedurl', false],
  ] as const) {
    const response = await client.createTus(1000, {}, { headers: { 'Upload-Metadata': metadata } });
    const { result } = (await client.api('GET', `/${response.headers.get('stream-media-id')}`)).body;
    expect([metadata, result['requireSignedURLs']]).toEqual([metadata, isPrivate]);
  }
});

test('a sender that disconnects continues where the bytes end; a deleted video accepts none', async () => {
  const bytes = await paddedVideo(2 * CHUNK_BYTES);
  const created = await client.createTus(bytes.length);
  const location = String(created.headers.get('location'));
  const { hostname, port, pathname, search } = new URL(location);
  const socket = connect(Number(port), hostname);
  const head = ['Host: x', 'Tus-Resumable: 1.0.0', 'Upload-Offset: 0', 'Content-Type: application/offset+octet-stream'];
  socket.write(`PATCH ${pathname}${search} HTTP/1.1\r\n${head.join('\r\n')}\r\nContent-Length: ${CHUNK_BYTES}\r\n\r\n`);
  await new Promise((resolve) => socket.write(bytes.subarray(0, 1_000_000), resolve));
  socket.end();
  const offset = async () => {
    const answer = await fetch(location, { method: 'HEAD', headers: { 'Tus-Resumable': '1.0.0' } });
    return Number(answer.headers.get('upload-offset'));
  };
  await expect.poll(offset).toBeGreaterThan(0);
  const arrived = await offset();
  expect(await patch(location, arrived, bytes.subarray(arrived))).toBe(204);
  await emulator.finishProcessing();
  const uid = String(created.headers.get('stream-media-id'));
  expect((await client.api('GET', `/${uid}`)).body.result).toMatchObject({ readyToStream: true });
  await client.api('DELETE', `/${uid}`);
  expect(await patch(location, 0, bytes)).toBe(404);
});

test.each([
  ['a stale offset', { 'Upload-Offset': '0' }, 409],
  ['an offset ahead', { 'Upload-Offset': String(2 * CHUNK_BYTES) }, 409],
  ['a wrong type', { 'Content-Type': 'video/mp4' }, 415],
])('%s is answered once the body is read, so that no sender sees a reset', async (_name, changes, status) => {
  const location = String((await client.createTus(3 * CHUNK_BYTES)).headers.get('location'));
  expect(await patch(location, 0, new Uint8Array(CHUNK_BYTES))).toBe(204);
  const { hostname, port, pathname, search } = new URL(location);
  const headers = {
    Host: `${hostname}:${port}`,
    'Tus-Resumable': '1.0.0',
    'Upload-Offset': String(CHUNK_BYTES),
    'Content-Type': 'application/offset+octet-stream',
    'Content-Length': String(CHUNK_BYTES),
    ...changes,
  };
  const socket = connect(Number(port), hostname);
  const heard: string[] = [];
  socket.on('data', (chunk) => heard.push(chunk.toString('latin1')));
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  socket.write(`PATCH ${pathname}${search} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
  // After twenty other requests, an answer that does not wait for the body would have arrived.
  const ask = () => fetch(location, { method: 'HEAD', headers: { 'Tus-Resumable': '1.0.0' } });
  for (let each = 0; each < 20; each += 1) await ask();
  expect(heard).toEqual([]);
  socket.write(new Uint8Array(CHUNK_BYTES));
  await expect.poll(() => heard.join('').slice(0, 12)).toBe(`HTTP/1.1 ${status}`);
  socket.destroy();
  expect((await ask()).headers.get('upload-offset')).toBe(String(CHUNK_BYTES));
  expect(await patch(location, CHUNK_BYTES, new Uint8Array(CHUNK_BYTES))).toBe(204);
});

test('documented keys in lower case are settings, and origins may come as an array', async () => {
  const scheduled = new Date(clock.now() + 40 * 86_400_000).toISOString();
  const created = await client.createTus(1000, {
    scheduleddeletion: scheduled,
    allowedorigins: '["a.example","*.b.example"]',
    maxdurationseconds: '600',
  });
  const { result } = (await client.api('GET', `/${created.headers.get('stream-media-id')}`)).body;
  expect(result).toMatchObject({
    scheduledDeletion: scheduled,
    allowedOrigins: ['a.example', '*.b.example'],
    maxDurationSeconds: 600,
    meta: {},
  });
  for (const origins of ['["a.example"', '[1]', '["https://a.example"]']) {
    expect((await client.createTus(1000, { allowedorigins: origins })).status).toBe(400);
  }
});

test('a key that the service does not know silently becomes a member of meta', async () => {
  const own = await CloudflareStreamEmulator.start({
    clock,
    tusKeysNotTaken: ['scheduleddeletion'],
    tusMetaKeys: 'lower-case',
  });
  const user = new StreamTestClient(own);
  const created = await user.createTus(1000, { scheduledDeletion: 'x', Name: 'n' });
  expect(created.status).toBe(201);
  const { result } = (await user.api('GET', `/${created.headers.get('stream-media-id')}`)).body;
  expect(result).toMatchObject({ scheduledDeletion: null, meta: { scheduleddeletion: 'x', name: 'n' } });
  await own.stop();
});

test('a link ends at its expiry', async () => {
  const expiry = new Date(clock.now() + 1000).toISOString();
  const location = String((await client.createTus(1000, { expiry })).headers.get('location'));
  clock.advance(1000);
  expect(await patch(location, 0, new Uint8Array(1000))).toBe(410);
});

test('without direct_user the address needs the token and answers no preflight', async () => {
  const response = await client.createTus(1000, {}, { query: '' });
  const location = String(response.headers.get('location'));
  expect(location).toContain(`/client/v4/accounts/${emulator.accountId}/media/`);
  const preflight = {
    method: 'OPTIONS',
    headers: { Origin: 'https://a.example', 'Access-Control-Request-Method': 'PATCH' },
  };
  expect((await fetch(location, preflight)).ok).toBe(false);
  const forBrowsers = String((await client.createTus(1000)).headers.get('location'));
  const allowed = await fetch(forBrowsers, preflight);
  expect([allowed.status, allowed.headers.get('access-control-allow-origin')]).toEqual([204, 'https://a.example']);
  expect(allowed.headers.get('access-control-allow-methods')).toContain('PATCH');
  expect((await fetch(location, { method: 'HEAD' })).status).toBe(401);
  const headers = { ...client.authorization, 'Tus-Resumable': '1.0.0' };
  expect((await fetch(location, { method: 'HEAD', headers })).headers.get('upload-offset')).toBe('0');
});

test('12 MB arrive by tus-js-client through a proxy that resets twice', async () => {
  const proxy = await TcpFaultProxy.start(() => Number(new URL(emulator.apiOrigin).port));
  try {
    const bytes = await paddedVideo(12_000_000);
    const created = await client.createTus(bytes.length, { name: 'Lesson' });
    const uid = String(created.headers.get('stream-media-id'));
    proxy.cutAfterUpload(3_000_000);
    proxy.cutAfterUpload(4_000_000);
    await sendByTus(
      String(created.headers.get('location')).replace(emulator.apiOrigin, proxy.origin),
      bytes,
      CHUNK_BYTES,
    );
    expect(proxy.cutCount).toBe(2);
    await emulator.finishProcessing();
    expect((await client.api('GET', `/${uid}`)).body.result).toMatchObject({
      readyToStream: true,
      size: 12_000_000,
      input: { width: 320, height: 180 },
    });
  } finally {
    await proxy.stop();
  }
});

test('an upload of 30 GB is created, but not one of a byte more', async () => {
  expect((await client.createTus(30_000_000_000)).status).toBe(201);
  expect((await client.createTus(30_000_000_001)).status).toBe(413);
});

test('a link without an expiry of its own ends after a day; an expiry that is now or has passed is refused', async () => {
  const created = await client.createTus(1000);
  const uid = created.headers.get('stream-media-id');
  const { result } = (await client.api('GET', `/${uid}`)).body;
  expect(result['uploadExpiry']).toBe(new Date(clock.now() + 86_400_000).toISOString());
  clock.advance(86_400_000);
  expect(await patch(String(created.headers.get('location')), 0, new Uint8Array(1000))).toBe(410);
  const expiring = async (inMs: number) =>
    (await client.createTus(1000, { expiry: new Date(clock.now() + inMs).toISOString() })).status;
  expect([await expiring(0), await expiring(1000)]).toEqual([400, 201]);
});

test('a complete upload returns its offset also after its link has expired', async () => {
  const bytes = await fixtures.moovFirst.read();
  const location = String((await client.createTus(bytes.length)).headers.get('location'));
  expect(await patch(location, 0, bytes)).toBe(204);
  clock.advance(2 * 86_400_000);
  const head = await fetch(location, { method: 'HEAD', headers: { 'Tus-Resumable': '1.0.0' } });
  expect([head.status, head.headers.get('upload-offset')]).toEqual([200, String(bytes.length)]);
});

test('a POST may replace a PATCH or a HEAD, and no other method', async () => {
  const bytes = await fixtures.moovFirst.read();
  const location = String((await client.createTus(bytes.length)).headers.get('location'));
  const post = async (method: string, more: Readonly<Record<string, string>> = {}, body?: Uint8Array<ArrayBuffer>) => {
    const headers = { 'Tus-Resumable': '1.0.0', 'X-HTTP-Method-Override': method, ...more };
    return (await fetch(location, { method: 'POST', headers, ...(body !== undefined && { body }) })).status;
  };
  const part = { 'Upload-Offset': '0', 'Content-Type': 'application/offset+octet-stream' };
  expect(await post('patch', part, bytes)).toBe(204);
  expect([await post('HEAD'), await post('DELETE')]).toEqual([200, 405]);
});

test('a client that disconnects while its PATCH is being looked up does not delay `stop`', async () => {
  const { port, pathname, search } = new URL(String((await client.createTus(1000)).headers.get('location')));
  const socket = connect(Number(port), '127.0.0.1');
  const { getUpload } = FileStore.prototype;
  const lookUp = vi.spyOn(FileStore.prototype, 'getUpload').mockImplementationOnce(async function (
    this: FileStore,
    id,
  ) {
    socket.resetAndDestroy();
    await once(socket, 'close');
    // When the emulator answers another request, it has noticed the end of the first connection.
    await client.api('GET', '');
    return getUpload.call(this, id);
  });
  const head =
    'Host: x\r\nContent-Type: application/offset+octet-stream\r\nContent-Length: 1000\r\nUpload-Offset: 0\r\n';
  socket.write(`PATCH ${pathname}${search} HTTP/1.1\r\n${head}Tus-Resumable: 1.0.0\r\n\r\n`);
  await vi.waitFor(() => expect(lookUp).toHaveResolved());
  await emulator.stop();
  lookUp.mockRestore();
});
