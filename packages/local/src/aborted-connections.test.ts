import { getEventListeners } from 'node:events';
import { existsSync, readdirSync, readlinkSync, renameSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { type AddressInfo, createConnection, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { paddedVideo } from '../test-support/padded-video.ts';
import { requestFor, tusUrl } from '../test-support/requests.ts';
import { type RunningStorage, startStorage } from '../test-support/running-storage.ts';
import { offsetOf, sendByTus } from '../test-support/sending.ts';
import { toNodeListener } from './node-listener.ts';

/** Far longer than closing takes; only a file that is never closed reaches it. */
const MAX_CLOSE_WAIT_MS = 60_000;
// More than the buffers of both ends of a connection hold.
const film = await paddedVideo(16_000_000);
let running: RunningStorage;
let url: string;

beforeAll(async () => {
  running = await startStorage();
  const ticket = await running.storage.getUploadUrl(requestFor(film));
  await sendByTus(tusUrl(ticket), film);
  const { videoId } = await running.storage.confirmUpload(ticket.uploadReference, { userId: 'anna' });
  ({ url } = await running.storage.getPlaybackUrl(videoId));
});
afterAll(() => running.stop());

/** Files of the storage that this process has open. */
function openFiles(): readonly string[] {
  return readdirSync('/proc/self/fd').flatMap((name) => {
    const target = targetOf(name);
    return target?.startsWith(running.folder) ? [target.slice(running.folder.length)] : [];
  });
}

/**
 * The path that a descriptor refers to; undefined when another thread closed it after the listing, which can happen at any
 * moment.
 */
function targetOf(descriptor: string): string | undefined {
  try {
    return readlinkSync(`/proc/self/fd/${descriptor}`);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Waits until all files are closed, however slow the machine is; a file that stays open fails the test. */
async function untilClosed(): Promise<void> {
  await vi.waitFor(() => expect(openFiles()).toEqual([]), { timeout: MAX_CLOSE_WAIT_MS, interval: 5 });
}

/** Connects, writes the head and resolves with the open socket. */
function request(head: string, port = running.port): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(port, '127.0.0.1', () => {
      socket.write(head, () => resolve(socket));
    });
    socket.on('error', reject);
  });
}

/** Reads until so many bytes have arrived, then disconnects. */
async function readThenDisconnect(bytes: number, port = running.port): Promise<void> {
  const { pathname, search } = new URL(url);
  const socket = await request(`GET ${pathname}${search} HTTP/1.1\r\nHost: x\r\n\r\n`, port);
  await new Promise<void>((resolve) => {
    let seen = 0;
    socket.on('data', (chunk) => {
      seen += chunk.length;
      if (seen < bytes) return;
      socket.resetAndDestroy();
      resolve();
    });
    if (bytes === 0) {
      socket.resetAndDestroy();
      resolve();
    }
  });
}

describe.skipIf(!existsSync('/proc/self/fd'))('T-I5: no file stays open', { timeout: 2 * MAX_CLOSE_WAIT_MS }, () => {
  test('when viewers disconnect at any point', async () => {
    for (let part = 0; part < 6; part += 1) await readThenDisconnect(Math.floor((film.length * part) / 6));
    await untilClosed();
  });

  test('when twelve viewers disconnect at the same time', async () => {
    await Promise.all(Array.from({ length: 12 }, (_, index) => readThenDisconnect(index * 300_000)));
    await untilClosed();
  });

  test('when a viewer disconnects while the grant is checked', async () => {
    const answer = running.storage.fetch;
    let disconnect = () => {};
    const gone = new Promise<void>((resolve) => {
      disconnect = resolve;
    });
    let finish = () => {};
    const answered = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const fetching = vi.spyOn(running.storage, 'fetch').mockImplementation(async (asked) => {
      await gone;
      return answer(asked).finally(() => finish());
    });
    const listener = toNodeListener(running.storage);
    const server = createServer((request, response) => {
      response.once('close', () => disconnect());
      listener(request, response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    await readThenDisconnect(0, (server.address() as AddressInfo).port);
    await answered;
    fetching.mockRestore();
    server.close();
    // If the file were opened, it would be open by the time that these other disk reads have ended.
    for (let reads = 0; reads < 50; reads += 1) await stat(running.folder);
    expect(openFiles()).toEqual([]);
  });

  test('when a viewer stops reading, the disk is not read ahead; when they disconnect, the file is closed', async () => {
    const response = await fetch(url);
    const reader = response.body?.getReader();
    await reader?.read();
    expect(openFiles()).toHaveLength(1);
    await reader?.cancel();
    await untilClosed();
  });

  test('when senders disconnect at any point; the bytes that arrived stay', async () => {
    const ticket = await running.storage.getUploadUrl(requestFor(film));
    const { pathname, search } = new URL(tusUrl(ticket));
    let last = 0;
    const senders = 6;
    for (let part = 0; part < senders; part += 1) {
      const offset = await offsetOf(tusUrl(ticket));
      expect(offset).toBeGreaterThanOrEqual(last);
      last = offset;
      const head = [
        ...[`PATCH ${pathname}${search} HTTP/1.1`, 'Host: x', 'Tus-Resumable: 1.0.0', `Upload-Offset: ${offset}`],
        ...['Content-Type: application/offset+octet-stream', `Content-Length: ${film.length - offset}`, '', ''],
      ].join('\r\n');
      const socket = await request(head);
      const length = Math.min(part * 45_000, film.length - offset);
      await new Promise<void>((resolve) => {
        socket.write(film.subarray(offset, offset + length), () => resolve());
      });
      socket.resetAndDestroy();
    }
    await untilClosed();
    // Bytes of a sender that disconnected may be read from its socket only now and move the offset; the client then asks for it
    // again.
    await sendByTus(tusUrl(ticket), film, { retryDelays: Array.from({ length: senders }, () => 20) });
    expect(await running.storage.confirmUpload(ticket.uploadReference, { userId: 'anna' })).toMatchObject({
      status: 'ready',
    });
    await untilClosed();
  });

  test('when the host app’s own signal aborts the answer', async () => {
    const controller = new AbortController();
    const response = await running.storage.fetch(new Request(url, { signal: controller.signal }));
    const reader = response.body?.getReader();
    await reader?.read();
    controller.abort(new Error('the host shuts down'));
    await expect(reader?.read()).rejects.toThrow('the host shuts down');
    await untilClosed();
  });

  test('when the request ended before its answer was read: reading the answer fails, and does not wait for ever', async () => {
    const controller = new AbortController();
    const response = await running.storage.fetch(new Request(url, { signal: controller.signal }));
    controller.abort(new Error('the viewer has gone'));
    await expect(response.arrayBuffer()).rejects.toThrow('the viewer has gone');
    expect(openFiles()).toEqual([]);
  });

  test('and no listener stays on the signal of a request', async () => {
    const { signal } = new AbortController();
    const request = new Request(url, { signal, headers: { Range: 'bytes=0-99999' } });
    const base = getEventListeners(request.signal, 'abort').length;
    for (let count = 0; count < 10; count += 1) await (await running.storage.fetch(request)).arrayBuffer();
    const cancelled = await running.storage.fetch(request);
    await cancelled.body?.cancel();
    expect(getEventListeners(request.signal, 'abort')).toHaveLength(base);
    await untilClosed();
  });

  test('nor does a listener for an answer whose file is gone', async () => {
    const { signal } = new AbortController();
    const request = new Request(url, { signal });
    const base = getEventListeners(request.signal, 'abort').length;
    const answer = await running.storage.fetch(request);
    const [videos, aside] = [join(running.folder, 'videos'), join(running.folder, 'aside')];
    renameSync(videos, aside);
    await expect(answer.arrayBuffer()).rejects.toThrow('ENOENT');
    renameSync(aside, videos);
    expect(getEventListeners(request.signal, 'abort')).toHaveLength(base);
  });

  test('fifty answers that are not read hold no file open; each can be read later', async () => {
    const answers = await Promise.all(Array.from({ length: 50 }, () => running.storage.fetch(new Request(url))));
    expect(answers.map(({ status }) => status)).toEqual(Array(50).fill(200));
    // If a file were opened ahead of its reader, it would be open by the time that these other disk reads have ended.
    for (let reads = 0; reads < 50; reads += 1) await stat(running.folder);
    expect(openFiles()).toEqual([]);
    const late = new Uint8Array((await answers.at(-1)?.arrayBuffer()) ?? []);
    expect(Buffer.compare(late, film)).toBe(0);
    await untilClosed();
  });

  test('HEAD, 304, 403 and 416 open no file', async () => {
    await fetch(url, { method: 'HEAD' });
    await fetch(url, { headers: { 'If-None-Match': '*' } });
    await fetch(url, { headers: { Range: 'bytes=99999999-' } });
    await fetch(`${url}x`);
    expect(openFiles()).toEqual([]);
  });
});
