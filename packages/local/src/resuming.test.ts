import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ManualClock } from '@videostorage/testing';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type FaultProxy, startFaultProxy } from '../test-support/fault-proxy.ts';
import { paddedVideo } from '../test-support/padded-video.ts';
import { requestFor, tusUrl } from '../test-support/requests.ts';
import { type RunningStorage, startStorage } from '../test-support/running-storage.ts';
import { offsetOf, patch, sendByTus } from '../test-support/sending.ts';

const bytes = await paddedVideo(2_500_000);
const anna = { userId: 'anna' };
const sha256 = (data: Uint8Array) => createHash('sha256').update(data).digest('hex');
let running: RunningStorage;
let clock: ManualClock;

beforeEach(async () => {
  clock = new ManualClock();
  running = await startStorage({ clock });
});
afterEach(() => running.stop());

async function playedHash(videoId: string): Promise<string> {
  const { url } = await running.storage.getPlaybackUrl(videoId);
  return sha256(new Uint8Array(await (await fetch(url)).arrayBuffer()));
}

describe('over a connection that is cut', () => {
  let proxy: FaultProxy;
  beforeEach(async () => {
    proxy = await startFaultProxy(running.port);
  });
  afterEach(() => proxy.close());

  test.each([1, 3])('%i cuts in the middle: tus-js-client continues where it was', async (cuts) => {
    const ticket = await running.storage.getUploadUrl(requestFor(bytes));
    const url = new URL(tusUrl(ticket));
    url.port = String(proxy.port);
    proxy.cutUploads(600_000, cuts);
    await sendByTus(url.href, bytes, { retryDelays: Array(60).fill(1) });
    expect(proxy.connections()).toBeGreaterThan(cuts);
    const video = await running.storage.confirmUpload(ticket.uploadReference, anna);
    expect(await playedHash(video.videoId)).toBe(sha256(bytes));
  });

  test('bytes that arrived before the cut are kept, and the offset is exactly their number', async () => {
    const ticket = await running.storage.getUploadUrl(requestFor(bytes));
    const url = new URL(tusUrl(ticket));
    url.port = String(proxy.port);
    proxy.cutUploads(900_000, 1);
    await expect(patch(url.href, 0, bytes)).rejects.toThrow();
    await vi.waitFor(async () => expect(await offsetOf(tusUrl(ticket))).toBeGreaterThan(0));
    const offset = await offsetOf(tusUrl(ticket));
    expect(offset).toBeLessThan(900_000);
    // Bytes that the server reads from its buffers only now move the offset once more; the client then asks for it again.
    await sendByTus(tusUrl(ticket), bytes, { retryDelays: Array(60).fill(1) });
    await running.storage.confirmUpload(ticket.uploadReference, anna);
    expect(await playedHash(ticket.videoId)).toBe(sha256(bytes));
  });
});

test('a restart of the server in the middle', async () => {
  const ticket = await running.storage.getUploadUrl(requestFor(bytes));
  expect((await patch(tusUrl(ticket), 0, bytes.subarray(0, 1_000_000))).status).toBe(204);
  running = await running.restart();
  expect(await offsetOf(tusUrl(ticket))).toBe(1_000_000);
  await sendByTus(tusUrl(ticket), bytes);
  await running.storage.confirmUpload(ticket.uploadReference, anna);
  expect(await playedHash(ticket.videoId)).toBe(sha256(bytes));
});

test('a stalled connection does not block its upload for another one', async () => {
  const ticket = await running.storage.getUploadUrl(requestFor(bytes));
  let releaseStalled = (): void => undefined;
  const stall = new Promise<void>((resolve) => {
    releaseStalled = resolve;
  });
  const half = bytes.subarray(0, 1_000_000);
  let sent = false;
  const body = new ReadableStream({
    async pull(controller) {
      if (sent) await stall;
      else controller.enqueue(half);
      sent = true;
    },
  });
  const stalled = running.storage.fetch(
    new Request(tusUrl(ticket), {
      method: 'PATCH',
      headers: {
        'Content-Type': 'application/offset+octet-stream',
        'Tus-Resumable': '1.0.0',
        'Upload-Offset': '0',
      },
      body,
      duplex: 'half',
    }),
  );
  await vi.waitFor(async () => expect(await offsetOf(tusUrl(ticket))).toBe(half.length));
  // Only a client that resumes ends the current sender; `many-senders.test.ts` has the requests that do not.
  const confirm = () => running.storage.confirmUpload(ticket.uploadReference, anna);
  await expect(confirm()).rejects.toMatchObject({ code: 'NOT_UPLOADED' });
  const resumed = patch(tusUrl(ticket), half.length, bytes.subarray(half.length));
  expect((await stalled).status).toBeGreaterThanOrEqual(200);
  expect((await resumed).status).toBe(204);
  releaseStalled();
  await running.storage.confirmUpload(ticket.uploadReference, anna);
  expect(await playedHash(ticket.videoId)).toBe(sha256(bytes));
});

test('two that send the same upload at once cannot mix their bytes', async () => {
  const ticket = await running.storage.getUploadUrl(requestFor(bytes));
  const url = tusUrl(ticket);
  await Promise.all([1, 2].map(() => sendByTus(url, bytes, { chunkSize: 200_000, retryDelays: Array(60).fill(1) })));
  await running.storage.confirmUpload(ticket.uploadReference, anna);
  expect(await playedHash(ticket.videoId)).toBe(sha256(bytes));
});

describe('the rules of tus', () => {
  test('a wrong offset is 409 and changes nothing', async () => {
    const ticket = await running.storage.getUploadUrl(requestFor(bytes));
    await patch(tusUrl(ticket), 0, bytes.subarray(0, 1000));
    expect((await patch(tusUrl(ticket), 999, bytes.subarray(999, 2000))).status).toBe(409);
    expect((await patch(tusUrl(ticket), 0, bytes.subarray(0, 1000))).status).toBe(409);
    expect(await offsetOf(tusUrl(ticket))).toBe(1000);
  });

  test('more than was declared is refused, announced or not', async () => {
    const ticket = await running.storage.getUploadUrl(requestFor(bytes.subarray(0, 1000)));
    const url = tusUrl(ticket);
    expect((await patch(url, 0, bytes.subarray(0, 1001))).status).toBe(413);
    expect(await offsetOf(url)).toBe(0);
    const chunked = new ReadableStream({
      start(controller) {
        for (let part = 0; part < 20; part += 1) controller.enqueue(bytes.subarray(0, 100));
        controller.close();
      },
    });
    const headers = {
      'Content-Type': 'application/offset+octet-stream',
      'Tus-Resumable': '1.0.0',
      'Upload-Offset': '0',
    };
    const answer = await fetch(url, { method: 'PATCH', headers, body: chunked, duplex: 'half' });
    expect(answer.status).toBe(413);
    expect(await offsetOf(url)).toBeLessThanOrEqual(1000);
    expect((await patch(url, 1000, bytes.subarray(0, 1))).status).not.toBe(204);
    // The sender's fault is not a failure of the storage.
    expect(running.log.filter(({ event }) => event === 'upload.failed')).toEqual([]);
  });

  test('a PATCH that a proxy does not let through is named in X-HTTP-Method-Override', async () => {
    const ticket = await running.storage.getUploadUrl(requestFor(bytes));
    const override = (method: string, headers: Readonly<Record<string, string>> = {}, body?: Uint8Array<ArrayBuffer>) =>
      fetch(tusUrl(ticket), {
        method: 'POST',
        headers: { 'Tus-Resumable': '1.0.0', 'X-HTTP-Method-Override': method, ...headers },
        ...(body && { body }),
      });
    const type = { 'Content-Type': 'application/offset+octet-stream' };
    const first = await override('PATCH', { ...type, 'Upload-Offset': '0' }, bytes.slice(0, 1000));
    expect([first.status, first.headers.get('upload-offset')]).toEqual([204, '1000']);
    expect((await override('HEAD')).headers.get('upload-offset')).toBe('1000');
    expect((await override('GET')).status).toBe(405);
    expect((await override('DELETE')).status).toBe(204);
    expect((await override('HEAD')).status).toBe(404);
  });

  test.each(['POST', 'GET', 'PUT'])('%s is not for uploads', async (method) => {
    const ticket = await running.storage.getUploadUrl(requestFor(bytes));
    const headers = { 'Tus-Resumable': '1.0.0', 'Upload-Length': '5' };
    for (const url of [tusUrl(ticket), `${running.baseUrl}/uploads`, `${running.baseUrl}/uploads/`]) {
      const response = await fetch(url, { method, headers });
      expect(response.status).toBe(url === tusUrl(ticket) ? 405 : 404);
      if (response.status === 405) expect(response.headers.get('allow')).toBe('HEAD, PATCH, DELETE, POST, OPTIONS');
    }
  });

  test('OPTIONS lists the extensions of tus', async () => {
    const ticket = await running.storage.getUploadUrl(requestFor(bytes));
    const response = await fetch(tusUrl(ticket), { method: 'OPTIONS' });
    expect(response.status).toBe(204);
    expect(response.headers.get('tus-version')).toBe('1.0.0');
    expect(response.headers.get('tus-extension')).toBe('termination,expiration');
  });

  test('every answer has the time until which the upload is valid', async () => {
    const ticket = await running.storage.getUploadUrl(requestFor(bytes));
    const response = await fetch(tusUrl(ticket), { method: 'HEAD', headers: { 'Tus-Resumable': '1.0.0' } });
    expect(response.headers.get('upload-expires')).toBe(new Date(ticket.expiresAt).toUTCString());
    expect(response.headers.get('cache-control')).toBe('no-store');
  });
});

describe('the end of a ticket', () => {
  test('sending is 410 from then on; what had arrived as a whole can be confirmed for a day more', async () => {
    const whole = await running.storage.getUploadUrl(requestFor(bytes));
    await sendByTus(tusUrl(whole), bytes);
    const half = await running.storage.getUploadUrl(requestFor(bytes));
    await patch(tusUrl(half), 0, bytes.subarray(0, 1000));
    clock.advance(86_400_000 - 1);
    expect(await offsetOf(tusUrl(half))).toBe(1000);
    clock.advance(1);
    expect((await patch(tusUrl(half), 1000, bytes.subarray(1000))).status).toBe(410);
    expect(await running.storage.confirmUpload(whole.uploadReference, anna)).toMatchObject({ status: 'ready' });
  });

  test('the sweep frees what is unconfirmed after 48 hours, and not before', async () => {
    const ticket = await running.storage.getUploadUrl(requestFor(bytes));
    await patch(tusUrl(ticket), 0, bytes.subarray(0, 1000));
    clock.advance(2 * 86_400_000 - 1000);
    expect(await running.storage.maintenance.sweep()).toMatchObject({ released: 0, failures: [] });
    clock.advance(2000);
    expect(await running.storage.maintenance.sweep()).toMatchObject({ failures: [], bytesReleased: 1000 });
    expect(await readdir(join(running.folder, 'uploads'))).toEqual([]);
  });

  test('bytes that come keep an upload from the sweep for 48 hours more', async () => {
    const ticket = await running.storage.getUploadUrl(requestFor(bytes));
    clock.advance(23 * 3_600_000);
    await patch(tusUrl(ticket), 0, bytes.subarray(0, 1000));
    clock.advance(47 * 3_600_000);
    expect(await running.storage.maintenance.sweep()).toMatchObject({ released: 0, bytesReleased: 0, failures: [] });
    clock.advance(2 * 3_600_000);
    expect(await running.storage.maintenance.sweep()).toMatchObject({ bytesReleased: 1000, failures: [] });
  });

  test('a new ticket for an old upload keeps its bytes from the sweep', async () => {
    const request = requestFor(bytes, { uploadId: 'd'.repeat(32) });
    await patch(tusUrl(await running.storage.getUploadUrl(request)), 0, bytes.subarray(0, 1000));
    clock.advance(3 * 86_400_000);
    const again = await running.storage.getUploadUrl(request);
    await running.storage.maintenance.sweep();
    expect(await offsetOf(tusUrl(again))).toBe(1000);
  });

  test('the lifetime of a ticket is the host’s to choose', async () => {
    running = await running.restart({ uploadExpiresInSeconds: 60 });
    const ticket = await running.storage.getUploadUrl(requestFor(bytes));
    expect(Date.parse(ticket.expiresAt)).toBe(clock.now() + 60_000);
    clock.advance(60_000);
    expect((await patch(tusUrl(ticket), 0, bytes)).status).toBe(410);
  });
});
