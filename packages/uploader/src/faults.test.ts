import { type Clock, ConflictError } from '@videostorage/core';
import type { FaultAim } from '@videostorage/emulators';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { fileOf, filmBytes, sha256 } from '../test-support/film.ts';
import { MapStorage } from '../test-support/map-storage.ts';
import { endlessWaits, impatient, openPage, phasesOf } from '../test-support/open-page.ts';
import { UploadHost } from '../test-support/upload-host.ts';
import { createHttpTransport } from './create-http-transport.ts';
import type { UploadTransport } from './upload-transport.ts';

vi.setConfig({ testTimeout: 60_000 });
let host: UploadHost;
afterEach(() => host.stop());

const film = await filmBytes(200_000);
/** Two parts. */
const large = await filmBytes(6_000_000);
describe('a temporary failure is retried', () => {
  test('of every call to the host app', async () => {
    host = await UploadHost.start('s3-parts');
    for (const status of [503, 0]) {
      for (const call of [/POST .*\/uploads$/, /POST .*\/parts$/, /POST .*\/confirm$/]) host.failRoute(call, status);
      const upload = openPage(host).upload(fileOf(film), { contextId: `${status}` });
      expect(await upload.done).toMatchObject({ status: 'ready' });
    }
  });

  test('of a connection without progress, which is aborted after stallSeconds', async () => {
    host = await UploadHost.start('s3-parts');
    host.failNext({ kind: 'hang' }, { matches: ({ method }) => method === 'PUT' });
    const upload = openPage(host, { stallSeconds: 100, maxParts: 1 }).upload(fileOf(film));
    expect(await upload.done).toMatchObject({ status: 'ready' });
  });

  test('at most twelve times without progress; then the upload fails, and resume() continues it', async () => {
    host = await UploadHost.start('s3-parts');
    host.failNext({ kind: 'status', status: 503 }, { times: 13, matches: ({ method }) => method === 'PUT' });
    const upload = openPage(host, { maxParts: 1 }).upload(fileOf(film));
    await expect(upload.done).rejects.toMatchObject({ code: 'BACKEND_THROTTLED', retryable: true });
    expect(upload).toMatchObject({ phase: 'failed', error: { code: 'BACKEND_THROTTLED' } });
    upload.resume();
    expect(upload.error).toBeUndefined();
    expect(await upload.done).toMatchObject({ status: 'ready' });
  });
});

describe('failures in a row', () => {
  test('are failures without progress in between: an upload that advances with each try does not fail', async () => {
    host = await UploadHost.start('stream-tus');
    for (let cut = 0; cut < 14; cut++) host.proxy.cutAfterUpload(150_000);
    const upload = openPage(host, { clock: impatient(host) }).upload(fileOf(large));
    expect(await upload.done).toMatchObject({ status: 'ready' });
    expect(host.proxy.cutCount).toBe(14);
  });

  test('also count while the storage repeats the same offset; after resume() they count from zero', async () => {
    host = await UploadHost.start('stream-tus');
    host.failNext({ kind: 'status', status: 503 }, { times: 14, matches: ({ method }) => method === 'PATCH' });
    const upload = openPage(host, { clock: impatient(host) }).upload(fileOf(film));
    await expect(upload.done).rejects.toMatchObject({ code: 'BACKEND_THROTTLED' });
    upload.resume();
    // The fourteenth failure is the first of a new row.
    expect(await upload.done).toMatchObject({ status: 'ready' });
  });
});

describe('a refusal', () => {
  test('of the storage is final after the host app was asked to confirm', async () => {
    host = await UploadHost.start('s3-form');
    host.failNext({ kind: 'status', status: 403 }, { times: 100, matches: ({ method }) => method === 'POST' });
    const upload = openPage(host).upload(fileOf(film));
    await expect(upload.done).rejects.toMatchObject({ code: 'BACKEND_REFUSED', status: 403, retryable: false });
    expect(host.requests.filter((line) => line.endsWith('/confirm'))).toHaveLength(1);
    expect(host.requests.filter((line) => line.endsWith('/uploads'))).toHaveLength(1);
  });

  test('tus#472: of a URL that is used up does not fail an upload whose file has arrived', async () => {
    host = await UploadHost.start('stream-tus');
    // The last answer is lost, and then the URL is gone.
    let isSent = false;
    host.failNext(
      { kind: 'reset', when: 'after-effect' },
      {
        matches: ({ method }) => {
          isSent ||= method === 'PATCH';
          return method === 'PATCH';
        },
      },
    );
    host.failNext({ kind: 'status', status: 404 }, { times: 5, matches: ({ method }) => method === 'HEAD' && isSent });
    const upload = openPage(host, { clock: impatient(host) }).upload(fileOf(film));
    expect(await upload.done).toMatchObject({ status: 'ready' });
    expect(isSent).toBe(true);
  });

  test('of a part whose signature has expired is followed by a new signature', async () => {
    host = await UploadHost.start('s3-parts');
    host.failNext({ kind: 'status', status: 403 }, { matches: ({ method }) => method === 'PUT' });
    const upload = openPage(host, { maxParts: 1 }).upload(fileOf(film));
    expect(await upload.done).toMatchObject({ status: 'ready' });
    expect(host.requests.filter((line) => line.endsWith('/parts'))).toHaveLength(2);
  });

  test('of a part whose signature has expired is followed by a new one also when its connection dropped before', async () => {
    host = await UploadHost.start('s3-parts');
    const matches: FaultAim['matches'] = ({ method }) => method === 'PUT';
    host.failNext({ kind: 'reset', when: 'before-effect' }, { matches });
    host.failNext({ kind: 'status', status: 403 }, { matches });
    expect(await openPage(host, { maxParts: 1 }).upload(fileOf(film)).done).toMatchObject({ status: 'ready' });
  });

  test('of a part with a fresh signature is final', async () => {
    host = await UploadHost.start('s3-parts');
    host.failNext({ kind: 'status', status: 403 }, { times: 100, matches: ({ method }) => method === 'PUT' });
    const upload = openPage(host, { maxParts: 1 }).upload(fileOf(film));
    await expect(upload.done).rejects.toMatchObject({ code: 'BACKEND_REFUSED' });
    expect(host.requests.filter((line) => line.endsWith('/parts'))).toHaveLength(2);
  });

  test('with a Retry-After above two minutes is passed on at once, with the time to wait', async () => {
    host = await UploadHost.start('local');
    const body = { error: { code: 'RATE_LIMITED', message: 'no', retryable: true, retryAfterMs: 120_001 } };
    host.failRoute(/POST .*\/uploads$/, 429, 1, JSON.stringify(body));
    const upload = openPage(host).upload(fileOf(film));
    await expect(upload.done).rejects.toMatchObject({ code: 'RATE_LIMITED', retryAfterMs: 120_001 });
    expect(host.requests).toHaveLength(1);
  });
});

describe('a ticket that expired', () => {
  test('after bytes were sent fails the upload with UPLOAD_EXPIRED', async () => {
    host = await UploadHost.start('local');
    host.proxy.cutAfterUpload(3_000_000);
    const upload = openPage(host, { clock: endlessWaits(host) }).upload(fileOf(large));
    await expect.poll(() => host.proxy.cutCount).toBe(1);
    upload.pause();
    host.skip(25 * 3_600_000);
    upload.resume();
    await expect(upload.done).rejects.toMatchObject({ code: 'UPLOAD_EXPIRED' });
    expect(upload).toMatchObject({
      phase: 'failed',
      error: { message: 'The time for this upload is over; please start again.' },
    });
  });
});

describe('polling while a video is encoded', () => {
  test.each([
    [14, 1, 'ready'],
    [1, 13, 'failed'],
  ])('%i times %i failures in a row end as %s', async (times, inARow, phase) => {
    host = await UploadHost.start('local');
    const transport = createHttpTransport(`${host.origin}/api/video`);
    let calls = 0;
    const breaking: UploadTransport = {
      ...transport,
      confirmUpload: async (...call) => ({ ...(await transport.confirmUpload(...call)), status: 'processing' }),
      async getVideo(videoId, options) {
        calls += 1;
        const turn = Math.ceil(calls / (inARow + 1));
        if (calls % (inARow + 1) !== 0) await createHttpTransport('http://127.0.0.1:9/').getVideo(videoId, options);
        const video = await transport.getVideo(videoId, options);
        return turn < times ? { ...video, status: 'processing' } : video;
      },
    };
    const { now, sleep } = host.clock;
    const clock: Clock = { now, sleep: (_delayMs, signal) => sleep(0, signal) };
    const upload = openPage(host, { transport: breaking, clock }).upload(fileOf(film));
    await upload.done.catch(() => undefined);
    expect(upload.phase).toBe(phase);
  });
});

describe('the confirm', () => {
  test('of a file that is not a video fails with the host app’s error, and nothing is remembered', async () => {
    host = await UploadHost.start('local');
    const storage = new MapStorage();
    const notVideo = new Uint8Array(100_000).fill(65);
    const upload = openPage(host, { storage }).upload(fileOf(notVideo));
    const phases = phasesOf(upload);
    await expect(upload.done).rejects.toMatchObject({ code: 'CONTENT_MISMATCH' });
    expect(upload.error?.message).toBeTruthy();
    expect(phases.slice(-2)).toEqual(['confirming', 'failed']);
    expect(storage.length).toBe(0);
  });

  test('that could not be sent is repeated at the next visit', async () => {
    host = await UploadHost.start('s3-form');
    const storage = new MapStorage();
    host.failRoute(/POST .*\/confirm$/, 0, 13);
    const upload = openPage(host, { storage }).upload(fileOf(film));
    await expect(upload.done).rejects.toMatchObject({ code: 'BACKEND_UNAVAILABLE' });
    expect((await host.service.listVideos(host.actor)).videos).toHaveLength(0);

    openPage(host, { storage });
    await expect
      .poll(async () => (await host.service.listVideos(host.actor)).videos)
      .toMatchObject([{ status: 'ready' }]);
    await expect.poll(() => storage.length).toBe(0);
  });

  test('repeated by resumeConfirms() is counted when it made a video', async () => {
    host = await UploadHost.start('s3-form');
    const storage = new MapStorage();
    host.failRoute(/POST .*\/confirm$/, 0, 14);
    const upload = openPage(host, { storage }).upload(fileOf(film));
    await expect(upload.done).rejects.toMatchObject({ code: 'BACKEND_UNAVAILABLE' });
    const page = openPage(host, { storage });
    await expect.poll(() => host.requests.filter((line) => line.endsWith('/confirm'))).toHaveLength(14);
    await expect.poll(() => page.resumeConfirms()).toBe(1);
    expect(await page.resumeConfirms()).toBe(0);
  });

  test('that answers NOT_UPLOADED after all bytes were sent has the file sent again', async () => {
    host = await UploadHost.start('s3-form');
    const body = { error: { code: 'NOT_UPLOADED', message: 'no', retryable: false } };
    host.failRoute(/POST .*\/confirm$/, 409, 1, JSON.stringify(body));
    const upload = openPage(host, { clock: impatient(host) }).upload(fileOf(film));
    expect(await upload.done).toMatchObject({ status: 'ready' });
    expect(host.proxy.uploadedBytes).toBeGreaterThan(2 * film.length);
  });
});

test('a host app that refuses each new upload with CONFLICT is called twice, with two keys', async () => {
  host = await UploadHost.start('local');
  const keys: unknown[] = [];
  const transport: UploadTransport = {
    ...createHttpTransport(`${host.origin}/api/video`),
    async getUploadUrl(_, { idempotencyKey }) {
      keys.push(idempotencyKey);
      throw new ConflictError('The assignment is closed.');
    },
  };
  const upload = openPage(host, { transport }).upload(fileOf(film));
  await expect(upload.done).rejects.toMatchObject({ code: 'CONFLICT', message: 'The assignment is closed.' });
  expect(new Set(keys).size).toBe(2);
  expect(keys).toHaveLength(2);
});

describe('Idempotency-Key', () => {
  /** Loses the answer after the host app has done the work. */
  function losing(transport: UploadTransport, times: number): UploadTransport {
    let left = times;
    return {
      ...transport,
      async getUploadUrl(request, options) {
        const ticket = await transport.getUploadUrl(request, options);
        left -= 1;
        if (left >= 0) await createHttpTransport('http://127.0.0.1:9/').getVideo(ticket.videoId, {});
        return ticket;
      },
    };
  }

  test('a lost answer to a request for a ticket leads to the same upload', async () => {
    host = await UploadHost.start('local');
    const transport = losing(createHttpTransport(`${host.origin}/api/video`), 2);
    const video = await openPage(host, { transport }).upload(fileOf(film)).done;
    expect(sha256(await host.servedBytes(video.videoId))).toBe(sha256(film));
    expect(await host.service.usage('user', 'ada')).toMatchObject({ videos: 1 });
  });

  test('a key whose upload has ended is not used again: the file gets a new upload', async () => {
    host = await UploadHost.start('local');
    const transport = losing(createHttpTransport(`${host.origin}/api/video`), 13);
    const upload = openPage(host, { transport }).upload(fileOf(film));
    await expect(upload.done).rejects.toMatchObject({ code: 'BACKEND_UNAVAILABLE' });
    const body = { error: { code: 'UPLOAD_EXPIRED', message: 'over', retryable: false } };
    host.failRoute(/POST .*\/uploads$/, 410, 1, JSON.stringify(body));
    upload.resume();
    expect(await upload.done).toMatchObject({ status: 'ready' });
  });

  test('a lost answer leads to the same upload also after a reload', async () => {
    host = await UploadHost.start('local');
    const storage = new MapStorage();
    const transport = losing(createHttpTransport(`${host.origin}/api/video`), 20);
    const before = openPage(host, { storage, transport });
    const lost = before.upload(fileOf(film));
    await expect(lost.done).rejects.toMatchObject({ code: 'BACKEND_UNAVAILABLE' });
    before.close();
    await openPage(host, { storage }).upload(fileOf(film)).done;
    expect(await host.service.usage('user', 'ada')).toMatchObject({ videos: 1, storedBytes: film.length });
  });
});
