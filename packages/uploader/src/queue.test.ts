import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { fileOf, filmBytes } from '../test-support/film.ts';
import { MapStorage } from '../test-support/map-storage.ts';
import { impatient, openPage, pauseBeforeSending, phasesOf, until } from '../test-support/open-page.ts';
import { UploadHost } from '../test-support/upload-host.ts';
import { createHttpTransport } from './create-http-transport.ts';
import type { UploadTransport } from './upload-transport.ts';

vi.setConfig({ testTimeout: 60_000 });
let host: UploadHost;
beforeEach(async () => {
  host = await UploadHost.start('s3-form');
});
afterEach(() => host.stop());

const film = await filmBytes(200_000);
const file = (name: string) => fileOf(film, name);
const names = async () => (await host.service.listVideos(host.actor)).videos.map(({ fileName }) => fileName);

describe('the queue', () => {
  test('sends maxFiles at once, and starts the next in order', async () => {
    const page = openPage(host, { maxFiles: 2 });
    const uploads = ['1.mp4', '2.mp4', '3.mp4', '4.mp4'].map((name) => page.upload(file(name)));
    expect(uploads.map(({ phase }) => phase)).toEqual(['checking', 'checking', 'waiting', 'waiting']);
    let most = 0;
    page.subscribe(({ uploads: all }) => {
      const active = all.filter(({ phase }) => ['checking', 'asking', 'sending', 'confirming'].includes(phase));
      most = Math.max(most, active.length);
    });
    await Promise.all(uploads.map(({ done }) => done));
    expect(most).toBe(2);
    expect(page.uploads).toEqual(uploads);
    expect((await names()).length).toBe(4);
  });

  test('starts an upload that was moved to the front first, and never a removed one', async () => {
    const page = openPage(host, { maxFiles: 1 });
    const [first, second, third, fourth] = ['1.mp4', '2.mp4', '3.mp4', '4.mp4'].map((name) => page.upload(file(name)));
    if (first === undefined || second === undefined || third === undefined || fourth === undefined) throw new Error();
    const order: string[] = [];
    for (const each of [first, second, third, fourth])
      void each.done.then(
        () => order.push(each.file.name),
        () => {},
      );
    page.moveTo(fourth, 0);
    expect(page.uploads.map(({ file: { name } }) => name)).toEqual(['4.mp4', '1.mp4', '2.mp4', '3.mp4']);
    const asked = host.requests.length;
    await page.remove(second);
    expect(host.requests.length - asked).toBeLessThanOrEqual(1);
    expect(second.phase).toBe('aborted');
    await Promise.all([first.done, third.done, fourth.done]);
    expect(order).toEqual(['1.mp4', '4.mp4', '3.mp4']);
    expect(page.uploads).toEqual([fourth, first, third]);
  });

  test('moveTo() accepts any index, and ignores a handle that is not in the queue', async () => {
    const page = openPage(host, { maxFiles: 1 });
    const [a, b] = [page.upload(file('a.mp4')), page.upload(file('b.mp4'))];
    page.moveTo(a, 99);
    expect(page.uploads).toEqual([b, a]);
    page.moveTo(a, -5);
    expect(page.uploads).toEqual([a, b]);
    await page.remove(b);
    page.moveTo(b, 0);
    expect(page.uploads).toEqual([a]);
    await a.done;
  });

  test('starts the next upload while one is paused', async () => {
    const page = openPage(host, { maxFiles: 1 });
    const [first, second] = [page.upload(file('1.mp4')), page.upload(file('2.mp4'))];
    await pauseBeforeSending(first);
    await second.done;
    expect(first.phase).toBe('paused');
    first.resume();
    expect(await first.done).toMatchObject({ status: 'ready' });
  });

  test('starts the next upload while the one before is processed by the provider', async () => {
    const transport = createHttpTransport(`${host.origin}/api/video`);
    const processed = Promise.withResolvers<void>();
    const slow: UploadTransport = {
      ...transport,
      confirmUpload: async (...call) => ({ ...(await transport.confirmUpload(...call)), status: 'processing' }),
      async getVideo(...call) {
        await processed.promise;
        return transport.getVideo(...call);
      },
    };
    const page = openPage(host, { maxFiles: 1, transport: slow });
    const [first, second] = [page.upload(file('1.mp4')), page.upload(file('2.mp4'))];
    await until(second, ({ phase }) => phase === 'processing');
    expect(first.phase).toBe('processing');
    processed.resolve();
    await Promise.all([first.done, second.done]);
  });

  test('notifies listeners until they unsubscribe', async () => {
    const page = openPage(host);
    let calls = 0;
    const unsubscribe = page.subscribe(() => {
      calls += 1;
    });
    const upload = page.upload(file('1.mp4'));
    expect(calls).toBeGreaterThan(0);
    unsubscribe();
    const before = calls;
    await upload.done;
    expect(calls).toBe(before);
  });
});

describe('abort', () => {
  const stateOf = (reference: string | undefined) => host.service.getUpload(host.actor, reference ?? '');

  test('releases the upload at the host app', async () => {
    const storage = new MapStorage();
    const upload = openPage(host, { storage }).upload(file('1.mp4'));
    await pauseBeforeSending(upload);
    await upload.abort();
    expect(upload.phase).toBe('aborted');
    await expect(upload.done).rejects.toMatchObject({ name: 'AbortError' });
    await expect(stateOf(upload.uploadReference)).rejects.toMatchObject({ code: 'VIDEO_NOT_FOUND' });
    expect(storage.length).toBe(0);
  });

  test('while the ticket is requested releases it too', async () => {
    const transport = createHttpTransport(`${host.origin}/api/video`);
    const asked = Promise.withResolvers<void>();
    const aborted = Promise.withResolvers<void>();
    const slow: UploadTransport = {
      ...transport,
      async getUploadUrl(request, options) {
        asked.resolve();
        await aborted.promise;
        return transport.getUploadUrl(request, options);
      },
    };
    const upload = openPage(host, { transport: slow }).upload(file('1.mp4'));
    await asked.promise;
    const releasing = upload.abort();
    expect(upload.phase).toBe('aborted');
    aborted.resolve();
    await releasing;
    await expect(stateOf(upload.uploadReference)).rejects.toMatchObject({ code: 'VIDEO_NOT_FOUND' });
    expect(host.requests.filter((line) => line.startsWith('DELETE'))).toHaveLength(1);
  });

  test('by a signal rejects done with the signal’s reason', async () => {
    const page = openPage(host);
    const controller = new AbortController();
    const upload = page.upload(file('1.mp4'), { signal: controller.signal });
    const reason = new Error('the page says so');
    controller.abort(reason);
    await expect(upload.done).rejects.toBe(reason);
    const late = page.upload(file('2.mp4'), { signal: controller.signal });
    expect(late.phase).toBe('aborted');
    await expect(late.done).rejects.toBe(reason);
  });

  test('that cannot reach the host app is repeated at the next visit', async () => {
    const storage = new MapStorage();
    const upload = openPage(host, { storage }).upload(file('1.mp4'));
    await pauseBeforeSending(upload);
    host.failRoute(/^DELETE/, 503, 3);
    await upload.abort();
    expect(storage.length).toBe(1);
    const next = openPage(host, { storage });
    expect(await next.resumable()).toEqual([]);
    await expect.poll(() => storage.length).toBe(0);
    await expect(stateOf(upload.uploadReference)).rejects.toMatchObject({ code: 'VIDEO_NOT_FOUND' });
  });

  test('and a failure leave no unhandled rejection: done need not be handled', async () => {
    const seen: unknown[] = [];
    const onUnhandled = (reason: unknown) => seen.push(reason);
    process.on('unhandledRejection', onUnhandled);
    const upload = openPage(host).upload(file('1.mp4'));
    await upload.abort();
    const failing = openPage(host).upload(new File([], 'empty.mp4', { type: 'video/mp4' }));
    await until(failing, ({ phase }) => phase === 'failed').catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve));
    process.off('unhandledRejection', onUnhandled);
    expect(seen).toEqual([]);
  });
});

test('the same file in a second page is refused while the first sends it, and continues after it', async () => {
  const storage = new MapStorage();
  // The confirm is held back until the second page was refused.
  const transport = createHttpTransport(`${host.origin}/api/video`);
  const refused = Promise.withResolvers<void>();
  const held: UploadTransport = {
    ...transport,
    async confirmUpload(reference, body, options) {
      await refused.promise;
      return transport.confirmUpload(reference, body, options);
    },
  };
  const first = openPage(host, { storage, transport: held }).upload(file('film.mp4'));
  await until(first, ({ phase }) => phase === 'confirming');
  const second = openPage(host, { storage, clock: impatient(host) }).upload(file('film.mp4'));
  await expect(second.done).rejects.toMatchObject({
    code: 'CONFLICT',
    message: '“film.mp4” is being uploaded already, here or in another tab.',
  });
  refused.resolve();
  const { videoId } = await first.done;
  second.resume();
  expect(await second.done).toMatchObject({ status: 'ready', videoId });
});

describe('removing an upload that another page is sending', () => {
  async function sentByAnother() {
    const storage = new MapStorage();
    const transport = createHttpTransport(`${host.origin}/api/video`);
    const confirmable = Promise.withResolvers<void>();
    const held: UploadTransport = {
      ...transport,
      async confirmUpload(reference, body, options) {
        await confirmable.promise;
        return transport.confirmUpload(reference, body, options);
      },
    };
    const open = () => openPage(host, { storage, transport: held, clock: impatient(host) });
    return { storage, open, confirmable };
  }
  const released = () => host.requests.filter((line) => line.startsWith('DELETE'));

  test('releases nothing when the removed upload is the refused one', async () => {
    const { open, confirmable } = await sentByAnother();
    const first = open().upload(file('film.mp4'));
    await until(first, ({ phase }) => phase === 'confirming');
    const page = open();
    const second = page.upload(file('film.mp4'));
    await expect(second.done).rejects.toMatchObject({ code: 'CONFLICT' });
    await page.remove(second);
    expect(released()).toEqual([]);
    confirmable.resolve();
    expect(await first.done).toMatchObject({ status: 'ready' });
  });

  test('releases nothing when the removed upload is the paused one that began it', async () => {
    const { open, confirmable, storage } = await sentByAnother();
    const page = open();
    const first = page.upload(file('film.mp4'));
    await pauseBeforeSending(first);
    const second = open().upload(file('film.mp4'));
    await until(second, ({ phase }) => phase === 'confirming');
    await page.remove(first);
    expect(first.phase).toBe('aborted');
    expect(released()).toEqual([]);
    confirmable.resolve();
    expect(await second.done).toMatchObject({ status: 'ready' });
    expect(storage.length).toBe(0);
  });
});

describe('a video that is being processed', () => {
  async function processed() {
    const transport = createHttpTransport(`${host.origin}/api/video`);
    let polls = 0;
    const processing: UploadTransport = {
      ...transport,
      confirmUpload: async (...call) => ({ ...(await transport.confirmUpload(...call)), status: 'processing' }),
      async getVideo(...call) {
        polls += 1;
        return { ...(await transport.getVideo(...call)), status: 'processing' };
      },
    };
    const page = openPage(host, { transport: processing });
    const upload = page.upload(file('film.mp4'));
    await until(upload, ({ phase }) => phase === 'processing');
    await expect.poll(() => polls).toBeGreaterThan(0);
    return { page, upload, polls: () => polls };
  }

  test('is no longer polled once it is removed, and not released', async () => {
    const { page, upload, polls } = await processed();
    await page.remove(upload);
    await expect(upload.done).rejects.toMatchObject({ name: 'AbortError' });
    const before = polls();
    // Longer than two waits between polls.
    await host.clock.sleep(30_000);
    expect(polls()).toBe(before);
    expect(host.requests.filter((line) => line.startsWith('DELETE'))).toEqual([]);
  });

  test('rejects done when the uploader is closed', async () => {
    const { page, upload } = await processed();
    page.close();
    await expect(upload.done).rejects.toMatchObject({ name: 'AbortError' });
  });
});

test('close() rejects done of a paused upload, and not that of a ready video', async () => {
  const page = openPage(host);
  const ready = page.upload(file('1.mp4'));
  await ready.done;
  const paused = page.upload(file('2.mp4'));
  await pauseBeforeSending(paused);
  page.close();
  await expect(paused.done).rejects.toMatchObject({ name: 'AbortError' });
  expect(await ready.done).toMatchObject({ status: 'ready' });
  paused.resume();
  expect(await paused.done).toMatchObject({ status: 'ready' });
});

test('after close() no listener is called, whatever happens to the uploads', async () => {
  const page = openPage(host);
  const upload = page.upload(file('1.mp4'));
  await pauseBeforeSending(upload);
  let calls = 0;
  page.subscribe(() => {
    calls += 1;
  });
  page.close();
  upload.resume();
  await upload.done;
  expect(calls).toBe(0);
});

describe('guardUnload', () => {
  const listeners: string[] = [];
  beforeEach(() => {
    listeners.length = 0;
    vi.stubGlobal('addEventListener', (type: string) => listeners.push(type));
    vi.stubGlobal('removeEventListener', (type: string) => listeners.splice(listeners.indexOf(type), 1));
  });

  test('listens for beforeunload only while an upload has not ended', async () => {
    const page = openPage(host, { guardUnload: true });
    expect(listeners).not.toContain('beforeunload');
    const upload = page.upload(file('1.mp4'));
    expect(listeners).toContain('beforeunload');
    await pauseBeforeSending(upload);
    expect(listeners).toContain('beforeunload');
    upload.resume();
    await upload.done;
    expect(listeners).not.toContain('beforeunload');
    page.close();
    expect(listeners).toEqual([]);
  });

  test('ends when the uploader is closed, although an upload has not ended', async () => {
    const page = openPage(host, { guardUnload: true });
    await pauseBeforeSending(page.upload(file('1.mp4')));
    expect(listeners).toContain('beforeunload');
    page.close();
    expect(listeners).toEqual([]);
  });

  test('is off by default', async () => {
    const upload = openPage(host).upload(file('1.mp4'));
    expect(listeners).not.toContain('beforeunload');
    await upload.done;
  });
});

test('phases are reported in order, each once', async () => {
  const upload = openPage(host).upload(file('1.mp4'));
  const phases = phasesOf(upload);
  await upload.done;
  expect(phases).toEqual(['checking', 'asking', 'sending', 'confirming', 'ready']);
});
