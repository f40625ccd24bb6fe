import { expect, test, vi } from 'vitest';
import { fetchSender } from './fetch-sender.ts';
import type { RequestSender } from './request-sender.ts';
import { xhrSender } from './xhr-sender.ts';

const sent: StubRequest[] = [];

/** Replaces a browser's XMLHttpRequest, which Node does not have; `uploader.full.test.ts` uses the real one in Chromium. */
class StubRequest {
  readonly calls: unknown[] = [];
  readonly upload: { onprogress?: (event: { readonly loaded: number; readonly total: number }) => void } = {};
  status = 0;
  responseText = '';
  onload?: () => void;
  onerror?: () => void;
  onabort?: () => void;
  onloadend?: () => void;

  constructor() {
    sent.push(this);
  }

  open(...values: readonly unknown[]): void {
    this.calls.push(['open', ...values]);
  }

  setRequestHeader(...values: readonly unknown[]): void {
    this.calls.push(values);
  }

  send(body: unknown): void {
    this.calls.push(['send', body]);
  }

  abort(): void {
    this.calls.push(['abort']);
    this.onabort?.();
    this.onloadend?.();
  }

  getResponseHeader(name: string): string | null {
    return name === 'Upload-Offset' ? '8' : null;
  }
}

const request = (own: Partial<Parameters<RequestSender>[0]> = {}) => ({
  ...{ method: 'PATCH', url: 'https://storage.example/1', headers: { 'Upload-Offset': '0' } },
  ...{ signal: new AbortController().signal, ...own },
});

function begin(own: Partial<Parameters<RequestSender>[0]> = {}) {
  vi.stubGlobal('XMLHttpRequest', StubRequest);
  sent.length = 0;
  const sending = xhrSender(request(own));
  return { sending, xhr: sent[0] };
}

test('by XMLHttpRequest: method, URL, headers and body go out, status, text and headers come back', async () => {
  const body = new Blob(['12345678']);
  const reported: unknown[] = [];
  const { sending, xhr } = begin({ body, onProgress: (...bytes) => void reported.push(bytes) });
  expect(xhr?.calls).toEqual([
    ['open', 'PATCH', 'https://storage.example/1'],
    ['Upload-Offset', '0'],
    ['send', body],
  ]);
  xhr?.upload.onprogress?.({ loaded: 4, total: 8 });
  expect(reported).toEqual([[4, 8]]);
  Object.assign(xhr ?? {}, { status: 204, responseText: 'x'.repeat(70_000) });
  xhr?.onload?.();
  const answer = await sending;
  expect([answer.status, answer.text.length]).toEqual([204, 65_536]);
  expect([answer.header('Upload-Offset'), answer.header('Other')]).toEqual(['8', null]);
});

test('without a body or a listener nothing is sent or listened to', async () => {
  const { sending, xhr } = begin();
  expect(xhr?.calls.at(-1)).toEqual(['send', null]);
  expect(xhr?.upload.onprogress).toBeUndefined();
  xhr?.onload?.();
  await sending;
});

test('a dropped connection is a retryable BACKEND_UNAVAILABLE', async () => {
  const { sending, xhr } = begin();
  xhr?.onerror?.();
  await expect(sending).rejects.toMatchObject({ code: 'BACKEND_UNAVAILABLE', retryable: true });
});

test('an abort ends the request, and rejects with the signal’s reason', async () => {
  const controller = new AbortController();
  const { sending, xhr } = begin({ signal: controller.signal });
  const reason = new Error('paused');
  controller.abort(reason);
  await expect(sending).rejects.toBe(reason);
  expect(xhr?.calls.at(-1)).toEqual(['abort']);
});

test('a signal that has aborted before sends nothing', async () => {
  const reason = new Error('paused');
  const { sending, xhr } = begin({ signal: AbortSignal.abort(reason) });
  await expect(sending).rejects.toBe(reason);
  expect(xhr).toBeUndefined();
});

test('a request that has ended no longer listens to its signal', async () => {
  const controller = new AbortController();
  const { sending, xhr } = begin({ signal: controller.signal });
  xhr?.onload?.();
  xhr?.onloadend?.();
  await sending;
  controller.abort();
  expect(xhr?.calls).not.toContainEqual(['abort']);
});

test('by fetch: method, URL, headers, signal and body go out, and no body where there is none', async () => {
  const fetched = vi.fn(async () => new Response('ok', { headers: { 'Upload-Offset': '8' } }));
  vi.stubGlobal('fetch', fetched);
  const { signal } = new AbortController();
  const body = new Blob(['12345678']);
  const answer = await fetchSender(request({ signal, body }));
  await fetchSender(request({ signal }));
  const init = { method: 'PATCH', headers: { 'Upload-Offset': '0' }, signal };
  expect(fetched.mock.calls).toEqual([
    ['https://storage.example/1', { ...init, body }],
    ['https://storage.example/1', init],
  ]);
  expect([answer.status, answer.header('Upload-Offset'), answer.header('Other')]).toEqual([200, '8', null]);
});

test('by fetch: progress is reported once, of a success with a body', async () => {
  const reported: unknown[] = [];
  const answers = [new Response('x'.repeat(70_000)), new Response('no', { status: 403 })];
  vi.stubGlobal('fetch', async () => answers.shift());
  const own = { body: new Blob(['12345678']), onProgress: (...bytes: readonly number[]) => void reported.push(bytes) };
  expect((await fetchSender(request(own))).text.length).toBe(65_536);
  expect(await fetchSender(request(own))).toMatchObject({ status: 403, text: 'no' });
  expect(reported).toEqual([[8, 8]]);
});

test('by fetch: an abort rejects with the signal’s reason, anything else as BACKEND_UNAVAILABLE', async () => {
  vi.stubGlobal('fetch', (_: string, { signal }: RequestInit) =>
    signal?.aborted ? Promise.reject(signal.reason) : Promise.reject(new TypeError('reset')),
  );
  const reason = new Error('paused');
  await expect(fetchSender(request({ signal: AbortSignal.abort(reason) }))).rejects.toBe(reason);
  await expect(fetchSender(request())).rejects.toMatchObject({ code: 'BACKEND_UNAVAILABLE', retryable: true });
});
