import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { fileOf, filmBytes, sha256 } from '../test-support/film.ts';
import { openPage, phasesOf, until } from '../test-support/open-page.ts';
import { UploadHost } from '../test-support/upload-host.ts';
import { createHttpTransport } from './create-http-transport.ts';

vi.setConfig({ testTimeout: 60_000 });
const MIB = 1024 * 1024;
let host: UploadHost;
let page: EventTarget & { onLine: boolean };

beforeEach(async () => {
  host = await UploadHost.start('s3-parts');
  page = Object.assign(new EventTarget(), { onLine: true });
  vi.stubGlobal('navigator', page);
  vi.stubGlobal('addEventListener', page.addEventListener.bind(page));
  vi.stubGlobal('removeEventListener', page.removeEventListener.bind(page));
});
afterEach(() => host.stop());

/** Three parts, two of which are sent at once. */
const film = await filmBytes(11_000_000);
const small = await filmBytes(200_000);

function setOnline(onLine: boolean): void {
  page.onLine = onLine;
  page.dispatchEvent(new Event(onLine ? 'online' : 'offline'));
}

describe('without a network', () => {
  test('upchunk#146: nothing is sent, only bytes that arrived count as sent, and it continues when the network is back', async () => {
    const upload = openPage(host, { maxParts: 2 }).upload(fileOf(film));
    const phases = phasesOf(upload);
    await until(upload, ({ progress }) => progress.sentBytes >= 5 * MIB);
    setOnline(false);
    expect(upload.phase).toBe('offline');
    await expect.poll(() => upload.progress.sentBytes % (5 * MIB)).toBe(0);
    expect(upload.progress.sentBytes).toBeLessThan(film.length);
    expect(upload.progress.bytesPerSecond).toBe(0);
    const [asked, sent] = [host.requests.length, host.proxy.uploadedBytes];
    for (let turns = 0; turns < 50; turns++) await new Promise((resolve) => setImmediate(resolve));
    expect([host.requests.length, upload.phase]).toEqual([asked, 'offline']);
    expect(host.proxy.uploadedBytes - sent).toBeLessThan(2 * 5 * MIB);
    setOnline(true);
    const video = await upload.done;
    expect(phases).toContain('offline');
    expect(sha256(await host.servedBytes(video.videoId))).toBe(sha256(film));
  });

  test('canPause and canAbort are still correct: a confirm can be aborted, not paused', async () => {
    const transport = createHttpTransport(`${host.origin}/api/video`);
    const asked = Promise.withResolvers<void>();
    const upload = openPage(host, {
      transport: {
        ...transport,
        confirmUpload: (_reference, _body, { signal }) => {
          asked.resolve();
          return new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(signal.reason)));
        },
      },
    }).upload(fileOf(small));
    expect([upload.canPause, upload.canAbort]).toEqual([true, true]);
    await asked.promise;
    setOnline(false);
    expect([upload.phase, upload.canPause, upload.canAbort]).toEqual(['offline', false, true]);
    upload.pause();
    expect(upload.phase).toBe('offline');
    await upload.abort();
    expect([upload.phase, upload.canPause, upload.canAbort]).toEqual(['aborted', false, false]);
  });

  test('it waits for any length of time, and no failure counts', async () => {
    setOnline(false);
    const upload = openPage(host).upload(fileOf(small));
    await expect.poll(() => upload.phase).toBe('offline');
    for (let times = 0; times < 30; times++) {
      setOnline(true);
      setOnline(false);
    }
    expect(upload.phase).toBe('offline');
    setOnline(true);
    expect(await upload.done).toMatchObject({ status: 'ready' });
  });

  test('an upload can be aborted, and is released when the network is back', async () => {
    const upload = openPage(host).upload(fileOf(small));
    await until(upload, ({ phase }) => phase === 'sending');
    setOnline(false);
    await upload.abort();
    expect(upload.phase).toBe('aborted');
    setOnline(true);
    await expect
      .poll(() => host.service.getUpload(host.actor, upload.uploadReference ?? '').then(String, ({ code }) => code))
      .toBe('VIDEO_NOT_FOUND');
  });

  test('an upload continues that is resumed after its uploader was closed', async () => {
    const uploader = openPage(host);
    setOnline(false);
    const upload = uploader.upload(fileOf(small));
    await expect.poll(() => upload.phase).toBe('offline');
    uploader.close();
    setOnline(true);
    upload.resume();
    expect(await upload.done).toMatchObject({ status: 'ready' });
  });

  test('close() removes every listener from the page', () => {
    const added = vi.spyOn(page, 'addEventListener');
    const removed = vi.spyOn(page, 'removeEventListener');
    vi.stubGlobal('addEventListener', page.addEventListener.bind(page));
    vi.stubGlobal('removeEventListener', page.removeEventListener.bind(page));
    openPage(host).close();
    expect(added.mock.calls.length).toBe(2);
    expect(removed.mock.calls).toEqual(added.mock.calls);
  });
});
