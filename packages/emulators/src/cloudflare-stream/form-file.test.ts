import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { drainRequest } from './drain-request.ts';
import { receiveFormFile } from './form-file.ts';
import { StreamRefusal } from './stream-refusal.ts';

const MAX_BYTES = 1000;
let folder: string;
let server: Server;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'form-file-'));
  server = createServer(async (request, response) => {
    try {
      const { sizeBytes, path, fileName } = await receiveFormFile(request, folder, MAX_BYTES);
      response.end(JSON.stringify([sizeBytes, fileName, (await readFile(path, 'latin1')).length]));
    } catch (error) {
      await drainRequest(request);
      response.writeHead(error instanceof StreamRefusal ? error.status : 500).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await rm(folder, { recursive: true });
});

/** The form as chunks without a length, so that the size is known only once it has been read. */
async function send(sizeBytes: number, hasLength: boolean): Promise<readonly [number, string]> {
  const form = new FormData();
  form.append('file', new Blob([new Uint8Array(sizeBytes)]), 'a.mp4');
  const whole = new Response(form);
  const { port } = server.address() as AddressInfo;
  const response = await fetch(`http://127.0.0.1:${port}`, {
    method: 'POST',
    headers: { 'Content-Type': String(whole.headers.get('content-type')) },
    ...(hasLength ? { body: await whole.arrayBuffer() } : { body: whole.body, duplex: 'half' }),
  });
  return [response.status, await response.text()];
}

describe.each([
  ['that declare their length', true],
  ['that do not', false],
])('forms %s', (_name, hasLength) => {
  test('a file of exactly the limit is accepted, with its name', async () => {
    expect(await send(MAX_BYTES, hasLength)).toEqual([200, `[${MAX_BYTES},"a.mp4",${MAX_BYTES}]`]);
    expect(await readdir(folder)).toHaveLength(1);
  });

  test.each([MAX_BYTES + 1, MAX_BYTES + 50_000, MAX_BYTES + 3 * 1024 * 1024])(
    'a file of %i bytes is refused with 413, and no file stays',
    async (sizeBytes) => {
      expect(await send(sizeBytes, hasLength)).toEqual([413, '']);
      expect(await readdir(folder)).toEqual([]);
    },
  );
});
