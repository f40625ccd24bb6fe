import { statSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import type { UploadTicket } from '@videostorage/core';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { paddedVideo } from '../test-support/padded-video.ts';
import { requestFor, tusUrl } from '../test-support/requests.ts';
import { type RunningStorage, startStorage } from '../test-support/running-storage.ts';
import { offsetOf } from '../test-support/sending.ts';

const bytes = await paddedVideo(300_000);
const anna = { userId: 'anna' };
/** As `sent-file-store.ts` says. */
const SILENCE_MS = 20_000;
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

/** Until so much is in the file, however long that takes; without a timer, which a test may hold. */
async function untilWritten(sizeBytes: number): Promise<void> {
  const name = decodeURIComponent(new URL(tusUrl(ticket)).pathname.split('/').at(-1) ?? '');
  while (statSync(join(running.folder, 'uploads', name)).size < sizeBytes) await turn();
}

describe('S28: a sender that stalls', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));

  test('is answered 408 after 20 seconds without a byte; what came stays, and its upload can be resumed', async () => {
    const sender = startSending();
    sender.send(bytes.subarray(0, 1000));
    await untilWritten(1000);
    vi.advanceTimersByTime(SILENCE_MS);
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
      vi.advanceTimersByTime(SILENCE_MS - 1);
    }
    sender.send(bytes.subarray(5000));
    sender.end();
    expect((await sender.response).status).toBe(204);
  });
});

describe('S28: three hundred PATCHes on one upload', () => {
  test('one sends, one waits to resume, all others are 423 at once; the confirm is not starved', async () => {
    const first = startSending();
    first.send(bytes.subarray(0, 1000));
    await untilWritten(1000);
    const others = Array.from({ length: 299 }, () => startSending(1000));
    const statuses = await Promise.all(others.slice(1).map(({ response }) => response.then(({ status }) => status)));
    expect(new Set(statuses)).toEqual(new Set([423]));
    // The second asked the first to end, and goes on where it was.
    others[0]?.send(bytes.subarray(1000));
    others[0]?.end();
    expect((await others[0]?.response)?.status).toBe(204);
    await first.response;
    expect(await running.storage.confirmUpload(ticket.uploadReference, anna)).toMatchObject({ status: 'ready' });
  });
});
