import { BackendError, type TusTicket } from '@videostorage/core';
import BaseUpload from 'tus-js-client/lib/upload.js';
import { expect, test } from 'vitest';
import { sendJob } from '../../test-support/send-job.ts';
import type { RequestSender } from './request-sender.ts';
import { sendByTus } from './send-by-tus.ts';

const file = new File(['0123456789'], 'film.mp4');
const clock = { now: () => 0 };
const ticket: TusTicket = {
  ...{ protocol: 'tus', videoId: 'v', uploadReference: 'r', expiresAt: '2100-01-01T00:00:00.000Z' },
  ...{ url: 'https://storage.example/1', chunk: { minBytes: 1, maxBytes: 4, multipleOf: 1 } },
};

type Request = Parameters<RequestSender>[0];
type Answer = (request: Request) => { readonly status?: number; readonly offset?: number | string } | Error;

/** A storage at `offset`; `answer` decides about each PATCH, which otherwise arrives completely. */
function storage({ offset = 0, head = 200, length = '10' }, answer: Answer = () => ({})) {
  const requests: Request[] = [];
  let arrived = offset;
  const job = sendJob(file, async (request) => {
    requests.push(request);
    const { method, body } = request;
    const answered = method === 'HEAD' ? { status: head } : answer(request);
    if (answered instanceof Error) throw answered;
    if (method === 'PATCH' && body instanceof Blob && !('offset' in answered)) arrived += body.size;
    const headers = new Map<string, string>([['Upload-Length', length]]);
    const sentOffset = 'offset' in answered ? answered.offset : arrived;
    if (sentOffset !== '') headers.set('Upload-Offset', String(sentOffset));
    return { status: answered.status ?? 204, text: '', header: (name) => headers.get(name) ?? null };
  });
  return {
    requests,
    job,
    lines: () => requests.map(({ method, headers }) => `${method} ${headers['Upload-Offset'] ?? ''}`.trim()),
  };
}

const send = (job: ReturnType<typeof storage>['job']) => sendByTus(ticket, job, clock, BaseUpload);

test('from the storage’s offset on, in chunks of the ticket’s size, by tus 1.0.0', async () => {
  const { job, requests, lines } = storage({ offset: 3 });
  await send(job);
  expect(lines()).toEqual(['HEAD', 'PATCH 3', 'PATCH 7']);
  for (const { url, headers } of requests) {
    expect([url, headers['Tus-Resumable']]).toEqual(['https://storage.example/1', '1.0.0']);
  }
  expect(requests[1]?.headers['Content-Type']).toBe('application/offset+octet-stream');
  const bodies = requests.map(({ body }) => (body instanceof Blob ? body : new Blob()));
  expect(await Promise.all(bodies.map((body) => body.text()))).toEqual(['', '3456', '789']);
  expect(job.reported.filter((line) => line.startsWith('arrived'))).toEqual(['arrived 3', 'arrived 7', 'arrived 10']);
});

test('nothing is sent of a file that has arrived', async () => {
  const { job, lines } = storage({ offset: 10 });
  await send(job);
  expect(lines()).toEqual(['HEAD']);
  expect(job.reported).toContain('arrived 10');
});

test('bytes in flight are those of the chunk, and 0 after it has arrived or failed', async () => {
  let patches = 0;
  const { job } = storage({ offset: 3 }, ({ onProgress }) => {
    patches += 1;
    onProgress?.(2, 4);
    return patches === 1 ? new BackendError('BACKEND_REFUSED', 'no') : {};
  });
  await expect(send(job)).rejects.toMatchObject({ code: 'BACKEND_REFUSED' });
  expect(job.reported).toEqual(['arrived 3', '0: 0', '0: 2', '0: 0']);
  const whole = storage({ offset: 6 }, ({ onProgress }) => {
    onProgress?.(4, 4);
    return {};
  });
  await send(whole.job);
  expect(whole.job.reported).toEqual(['arrived 6', '0: 0', '0: 4', '0: 4', 'arrived 10', '0: 0']);
});

test.each([199, 300, 403, 404, 410])('a chunk answered by %i is refused after one request', async (status) => {
  const { job, lines } = storage({}, () => ({ status }));
  await expect(send(job)).rejects.toMatchObject({ code: 'BACKEND_REFUSED', status });
  expect(lines()).toEqual(['HEAD', 'PATCH 0']);
});

test.each([200, 299])('a chunk answered by %i has arrived', async (status) => {
  const { job } = storage({ offset: 6 }, () => ({ status }));
  await send(job);
  expect(job.reported).toContain('arrived 10');
});

test.each([409, 413, 423, 503])('after a chunk answered by %i the offset is requested again', async (status) => {
  let patches = 0;
  const { job, lines } = storage({ offset: 6 }, () => {
    patches += 1;
    return patches === 1 ? { status } : {};
  });
  await send(job);
  expect(lines().slice(0, 3)).toEqual(['HEAD', 'PATCH 6', 'HEAD']);
});

test.each([404, 410])('an upload that is gone (%i) is refused', async (head) => {
  const { job, lines } = storage({ head });
  await expect(send(job)).rejects.toMatchObject({ code: 'BACKEND_REFUSED', status: head });
  expect(lines()).toEqual(['HEAD']);
});

test.each([
  ['no offset', ''],
  ['an offset that is not a number', 'x'],
  ['the previous offset', 0],
])('an answer to a chunk with %s is BACKEND_BAD_RESPONSE', async (_, offset) => {
  const { job } = storage({}, () => ({ offset }));
  await expect(send(job)).rejects.toMatchObject({ code: 'BACKEND_BAD_RESPONSE' });
});

test('an abort ends the request in flight, and rejects with the signal’s reason', async () => {
  const controller = new AbortController();
  const reason = new Error('paused');
  const { job } = storage({});
  let aborted: unknown;
  const hanging: RequestSender = async (request) => {
    if (request.method === 'HEAD') return job.send(request);
    queueMicrotask(() => controller.abort(reason));
    await new Promise((resolve) => request.signal.addEventListener('abort', resolve));
    aborted = request.signal.reason;
    throw request.signal.reason;
  };
  const sending = sendByTus(
    ticket,
    { ...job, send: hanging, persist: (work) => work(controller.signal) },
    clock,
    BaseUpload,
  );
  await expect(sending).rejects.toBe(reason);
  expect(aborted).toBe(reason);
});
