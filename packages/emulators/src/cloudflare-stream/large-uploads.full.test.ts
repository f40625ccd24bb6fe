import { request } from 'node:http';
import { Readable } from 'node:stream';
import { ManualClock } from '@videostorage/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { StreamTestClient } from '../../test-support/stream-test-client.ts';
import { CloudflareStreamEmulator } from './cloudflare-stream-emulator.ts';

// `chunk-rules.test.ts` and `form-file.test.ts` test the limits themselves, without sending so many bytes.
let emulator: CloudflareStreamEmulator;
let client: StreamTestClient;

beforeEach(async () => {
  emulator = await CloudflareStreamEmulator.start({ clock: new ManualClock() });
  client = new StreamTestClient(emulator);
});
afterEach(() => emulator.stop());

test('a tus chunk above 200 MiB is refused after it was read', async () => {
  const location = String((await client.createTus(500_000_000)).headers.get('location'));
  const response = await fetch(location, {
    method: 'PATCH',
    headers: { 'Tus-Resumable': '1.0.0', 'Upload-Offset': '0', 'Content-Type': 'application/offset+octet-stream' },
    body: new Uint8Array(209_715_200 + 262_144),
  });
  expect(response.status).toBe(413);
});

test.each([
  ['that declare their length', true],
  ['that do not declare it', false],
])('more than 200 MB are refused: uploads %s', async (_name, hasLength) => {
  const { uploadURL, uid } = await client.createUpload();
  const head = Buffer.from('--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n');
  const piece = Buffer.alloc(1_000_000);
  const status = await new Promise<number | undefined>((resolve, reject) => {
    const upload = request(uploadURL, {
      method: 'POST',
      headers: {
        'Content-Type': 'multipart/form-data; boundary=b',
        ...(hasLength ? { 'Content-Length': head.length + 202 * piece.length } : { 'Transfer-Encoding': 'chunked' }),
      },
    });
    upload.once('response', (response) => resolve(response.resume().statusCode)).once('error', reject);
    const tail = Buffer.from('\r\n--b--\r\n');
    const pieces = [head, ...Array<Buffer>(201).fill(piece), Buffer.concat([piece, tail], piece.length)];
    if (!hasLength) pieces.push(tail);
    Readable.from(pieces).pipe(upload);
  });
  expect(status).toBe(413);
  expect((await client.api('GET', `/${uid}`)).body.result['status']).toMatchObject({ state: 'pendingupload' });
});
