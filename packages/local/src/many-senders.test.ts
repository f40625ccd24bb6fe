import { statSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import type { UploadTicket } from '@videostorage/core';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { paddedVideo } from '../test-support/padded-video.ts';
import { requestFor, tusUrl } from '../test-support/requests.ts';
import { type RunningStorage, startStorage } from '../test-support/running-storage.ts';
import { offsetOf, sendByTus } from '../test-support/sending.ts';
import { nodeFileFunctions } from './file-functions.ts';
import { SentFileStore } from './sent-file-store.ts';
import { StoreFolders } from './store-folders.ts';
import { UploadLocks } from './upload-locks.ts';

const bytes = await paddedVideo(300_000);
const anna = { userId: 'anna' };
/** The value in `sent-file-store.ts`. */
const STALL_MS = 20_000;
let running: RunningStorage;
let ticket: UploadTicket;

beforeEach(async () => {
  running = await startStorage();
  ticket = await running.storage.getUploadUrl(requestFor(bytes));
});
afterEach(async () => {
  vi.useRealTimers();
  await running.stop();
});

/** A PATCH whose body is sent piece by piece. */
function startSending(offset = 0) {
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  const body = new ReadableStream<Uint8Array>({
    start(its) {
      controller = its;
    },
  });
  const headers = {
    ...{ 'Content-Type': 'application/offset+octet-stream', 'Tus-Resumable': '1.0.0' },
    'Upload-Offset': String(offset),
  };
  const request = new Request(tusUrl(ticket), { method: 'PATCH', headers, body, duplex: 'half' });
  return {
    response: running.storage.fetch(request),
    send: (part: Uint8Array) => controller?.enqueue(part),
    end: () => controller?.close(),
  };
}

/** Waits until the file has so many bytes, however long that takes; without a timer, since a test may stop timers. */
async function untilWritten(sizeBytes: number): Promise<void> {
  const name = decodeURIComponent(new URL(tusUrl(ticket)).pathname.split('/').at(-1) ?? '');
  while (statSync(join(running.folder, 'uploads', name)).size < sizeBytes) await turn();
}

describe('a sender that stalls', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));

  test('is answered 408 after 20 seconds without a byte; what came stays, and its upload can be resumed', async () => {
    const sender = startSending();
    sender.send(bytes.subarray(0, 1000));
    await untilWritten(1000);
    vi.advanceTimersByTime(STALL_MS);
    expect((await sender.response).status).toBe(408);
    vi.useRealTimers();
    expect(await offsetOf(tusUrl(ticket))).toBe(1000);
    const resumed = startSending(1000);
    resumed.send(bytes.subarray(1000));
    resumed.end();
    expect((await resumed.response).status).toBe(204);
    expect(await running.storage.confirmUpload(ticket.uploadReference, anna)).toMatchObject({ status: 'ready' });
  });

  test('is waited for as long as each byte comes within 20 seconds', async () => {
    const sender = startSending();
    for (let sent = 0; sent < 5; sent++) {
      sender.send(bytes.subarray(sent * 1000, (sent + 1) * 1000));
      await untilWritten((sent + 1) * 1000);
      vi.advanceTimersByTime(STALL_MS - 1);
    }
    sender.send(bytes.subarray(5000));
    sender.end();
    expect((await sender.response).status).toBe(204);
    // No timer outlives its sender: it would keep the process alive, and end a body that is done.
    expect(vi.getTimerCount()).toBe(0);
  });
});

test('neither reading the offset nor a confirm ends a sender: its own PATCH sends all bytes', async () => {
  const sender = startSending();
  sender.send(bytes.subarray(0, 1000));
  await untilWritten(1000);
  expect(await offsetOf(tusUrl(ticket))).toBe(1000);
  const confirm = () => running.storage.confirmUpload(ticket.uploadReference, anna);
  await expect(confirm()).rejects.toMatchObject({ code: 'NOT_UPLOADED' });
  expect(await offsetOf(tusUrl(ticket))).toBe(1000);
  sender.send(bytes.subarray(1000));
  sender.end();
  const { status, headers } = await sender.response;
  // A sender that was ended is answered with 204 too, but with a smaller offset.
  expect([status, headers.get('upload-offset')]).toEqual([204, String(bytes.length)]);
  expect(await confirm()).toMatchObject({ status: 'ready' });
});

describe('three hundred PATCHes on one upload', () => {
  test('one has the lock, one waits to resume, all others are refused with 423 at once; later requests can wait again', async () => {
    const folders = new StoreFolders(running.folder);
    const store = new SentFileStore(nodeFileFunctions, folders, new UploadLocks(folders), { now: Date.now });
    const { signal } = new AbortController();
    const asked = vi.fn();
    const first = store.newLock('film');
    await first.lock(signal, asked);
    const outcomes: string[] = [];
    const others = Array.from({ length: 299 }, () => store.newLock('film'));
    const waiting = others.map((lock) =>
      lock
        .lock(signal, () => undefined)
        .then(
          () => outcomes.push('has it'),
          (error: { readonly status_code?: number }) => outcomes.push(String(error.status_code)),
        ),
    );
    await Promise.all(waiting.slice(1));
    expect(outcomes).toEqual(Array(298).fill('423'));
    // The one that waits has asked the holder to release the lock.
    expect(asked).toHaveBeenCalledTimes(1);
    await first.unlock();
    await waiting[0];
    expect(outcomes.at(-1)).toBe('has it');
    await others[0]?.unlock();
    await first.lock(signal, asked);
    await first.unlock();
  });

  test('do not spoil the upload: it is resumed and confirmed', async () => {
    const first = startSending();
    first.send(bytes.subarray(0, 1000));
    await untilWritten(1000);
    const others = Array.from({ length: 299 }, () => startSending(1000));
    for (const { send, end } of others) {
      send(bytes.subarray(1000));
      end();
    }
    const statuses = await Promise.all(others.map(({ response }) => response.then(({ status }) => status)));
    expect(statuses.filter((status) => status === 204).length).toBeLessThanOrEqual(1);
    expect(statuses).toContain(423);
    await first.response;
    await sendByTus(tusUrl(ticket), bytes, { retryDelays: Array(60).fill(1) });
    expect(await running.storage.confirmUpload(ticket.uploadReference, anna)).toMatchObject({ status: 'ready' });
  });
});
