import { afterEach, describe, expect, test, vi } from 'vitest';
import { fileOf, filmBytes, sha256 } from '../test-support/film.ts';
import { MapStorage } from '../test-support/map-storage.ts';
import { endlessWaits, openPage, pauseBeforeSending, phasesOf, until } from '../test-support/open-page.ts';
import { type BackendName, UploadHost } from '../test-support/upload-host.ts';
import { createHttpTransport } from './create-http-transport.ts';
import type { UploadTransport } from './upload-transport.ts';

vi.setConfig({ testTimeout: 60_000 });
let host: UploadHost;
afterEach(() => host.stop());

const MIB = 1024 * 1024;
const small = await filmBytes(1_500_000);
/** Two parts. */
const large = await filmBytes(6_000_000);
const CUT = 700_000;
const cutCount = (count: number) =>
  expect.poll(() => host.proxy.cutCount, { timeout: 60_000, interval: 10 }).toBe(count);

describe('pause', () => {
  test('stops sending until resume(); parts that arrived are kept', async () => {
    host = await UploadHost.start('s3-parts');
    const upload = openPage(host, { maxParts: 1 }).upload(fileOf(large));
    const phases = phasesOf(upload);
    await until(upload, ({ progress }) => progress.sentBytes >= 5 * MIB);
    upload.pause();
    expect(upload.phase).toBe('paused');
    await expect.poll(() => upload.progress).toMatchObject({ sentBytes: 5 * MIB, bytesPerSecond: 0 });
    expect(upload.progress.secondsLeft).toBeUndefined();
    upload.resume();
    await upload.done;
    expect(phases).toEqual([
      ...['checking', 'asking', 'sending', 'paused', 'waiting', 'checking', 'asking', 'sending', 'confirming', 'ready'],
    ]);
    expect(host.proxy.uploadedBytes - large.length).toBeLessThanOrEqual(5 * MIB + 200_000);
  });

  test('of an upload that the host app has released meanwhile leads to a new one, which starts at zero', async () => {
    host = await UploadHost.start('s3-parts');
    const upload = openPage(host, { maxParts: 1 }).upload(fileOf(large));
    await until(upload, ({ progress }) => progress.sentBytes >= 5 * MIB);
    upload.pause();
    const first = upload.uploadReference ?? '';
    await host.service.abortUpload(host.actor, first);
    upload.resume();
    let sentBytes: number | undefined;
    upload.subscribe(({ phase, uploadReference, progress }) => {
      if (phase === 'sending' && uploadReference !== first) sentBytes ??= progress.sentBytes;
    });
    expect(await upload.done).toMatchObject({ status: 'ready', sizeBytes: large.length });
    expect(sentBytes).toBe(0);
  });

  test('of an upload that the host app has released meanwhile leads to a new one, whose ticket may expire too', async () => {
    host = await UploadHost.start('local');
    host.proxy.cutAfterUpload(CUT);
    const upload = openPage(host, { clock: endlessWaits(host) }).upload(fileOf(small));
    await cutCount(1);
    upload.pause();
    await host.service.abortUpload(host.actor, upload.uploadReference ?? '');
    upload.resume();
    await pauseBeforeSending(upload);
    host.skip(25 * 3_600_000);
    upload.resume();
    expect(await upload.done).toMatchObject({ status: 'ready' });
  });

  test('at any moment, 20 times, loses nothing and creates one upload', async () => {
    host = await UploadHost.start('local');
    const upload = openPage(host).upload(fileOf(small));
    for (let times = 0; times < 20; times++) {
      upload.pause();
      await new Promise((resolve) => setImmediate(resolve));
      upload.resume();
      for (let turns = 0; turns < times; turns++) await new Promise((resolve) => setImmediate(resolve));
    }
    const video = await upload.done;
    expect(sha256(await host.servedBytes(video.videoId))).toBe(sha256(small));
    expect((await host.service.listVideos(host.actor)).videos).toHaveLength(1);
  });

  test('has no effect when the upload has ended', async () => {
    host = await UploadHost.start('local');
    const upload = openPage(host).upload(fileOf(small));
    await upload.done;
    upload.pause();
    upload.resume();
    await upload.abort();
    expect(upload.phase).toBe('ready');
    expect((await host.service.listVideos(host.actor)).videos).toHaveLength(1);
  });
});

describe('another file', () => {
  const other = small.slice();
  other[small.length - 1] = (other[small.length - 1] ?? 0) ^ 1;

  async function begun(): Promise<{ readonly storage: MapStorage; readonly reference: string }> {
    host = await UploadHost.start('local');
    const storage = new MapStorage();
    host.proxy.cutAfterUpload(CUT);
    const page = openPage(host, { storage, clock: endlessWaits(host) });
    const upload = page.upload(fileOf(small));
    await cutCount(1);
    page.close();
    return { storage, reference: upload.uploadReference ?? '' };
  }

  test('is refused for an unfinished upload, and nothing of it is sent; the first file continues', async () => {
    const { storage, reference } = await begun();
    const sentBefore = host.proxy.uploadedBytes;
    const page = openPage(host, { storage });
    const others = [
      fileOf(small, 'other.mp4'),
      fileOf(small.slice(0, -1)),
      fileOf(small, 'film.mp4', 1_800_000_000_000),
      fileOf(other),
    ];
    for (const file of others) {
      const upload = page.upload(file, { uploadReference: reference });
      await expect(upload.done).rejects.toMatchObject({ code: 'CONFLICT', retryable: false });
      expect(upload.error?.message).toContain(`“${file.name}” is not the file whose upload began`);
    }
    expect(host.proxy.uploadedBytes).toBe(sentBefore);
    expect(await page.resumable()).toMatchObject([{ uploadReference: reference }]);
    const video = await page.upload(fileOf(small), { uploadReference: reference }).done;
    expect(sha256(await host.servedBytes(video.videoId))).toBe(sha256(small));
  });

  test('chosen without a reference gets a new upload, and the unfinished one stays', async () => {
    const { storage, reference } = await begun();
    const page = openPage(host, { storage });
    const upload = page.upload(fileOf(other));
    await upload.done;
    expect(upload.uploadReference).not.toBe(reference);
    expect(await page.resumable()).toMatchObject([{ uploadReference: reference }]);
  });

  test('includes the same file in another context: it gets a new upload', async () => {
    const { storage, reference } = await begun();
    const page = openPage(host, { storage });
    const upload = page.upload(fileOf(small), { contextId: 'lesson-2' });
    await upload.done;
    expect(upload.uploadReference).not.toBe(reference);
  });
});

describe('a remembered upload', () => {
  async function begunOn(name: BackendName): Promise<MapStorage> {
    host = await UploadHost.start(name);
    const storage = new MapStorage();
    host.proxy.cutAfterUpload(CUT);
    const page = openPage(host, { storage, clock: endlessWaits(host) });
    page.upload(fileOf(small));
    await cutCount(1);
    page.close();
    return storage;
  }

  test('directus#26436: that the host app has released is not continued; the file gets a new upload', async () => {
    const storage = await begunOn('local');
    const page = openPage(host, { storage });
    const [{ uploadReference } = { uploadReference: '' }] = await page.resumable();
    await host.service.abortUpload(host.actor, uploadReference);
    const upload = page.upload(fileOf(small));
    expect(await upload.done).toMatchObject({ status: 'ready' });
    expect(upload.uploadReference).not.toBe(uploadReference);
  });

  test.each(['expired', 'failed', 'deleted'] as const)(
    'that is %s is not continued, and its entry is removed; the file gets a new upload',
    async (status) => {
      const storage = await begunOn('local');
      const transport = createHttpTransport(`${host.origin}/api/video`);
      const over: UploadTransport = {
        ...transport,
        getUpload: async (...call) => {
          const { ticket: _, ...state } = await transport.getUpload(...call);
          return { ...state, status };
        },
      };
      const upload = openPage(host, { storage, transport: over }).upload(fileOf(small));
      expect(await upload.done).toMatchObject({ status: 'ready' });
      expect(storage.length).toBe(0);
    },
  );

  test('that became a video meanwhile is not listed, and its file is not sent again', async () => {
    host = await UploadHost.start('s3-form');
    const storage = new MapStorage();
    const before = openPage(host, { storage });
    host.failRoute(/POST .*\/confirm$/, 403, 1);
    const begun = before.upload(fileOf(small));
    await expect(begun.done).rejects.toMatchObject({ code: 'BACKEND_REFUSED' });
    before.close();
    await host.service.confirmUpload(host.actor, begun.uploadReference ?? '');
    const sentBefore = host.proxy.uploadedBytes;
    const page = openPage(host, { storage });
    expect(await page.resumable()).toEqual([]);
    const upload = page.upload(fileOf(small));
    expect(await upload.done).toMatchObject({ status: 'ready', videoId: begun.uploadReference });
    expect(host.proxy.uploadedBytes).toBe(sentBefore);
  });

  test('is not listed for another user, and is listed when its user is back', async () => {
    const storage = await begunOn('local');
    host.actor = { userId: 'grace', roles: ['student'] };
    expect(await openPage(host, { storage }).resumable()).toEqual([]);
    host.actor = { userId: 'ada', roles: ['student'] };
    expect(await openPage(host, { storage }).resumable()).toHaveLength(1);
  });

  describe('of another user of the browser who chooses the same file', () => {
    const ada = { userId: 'ada', roles: ['student'] };
    const grace = { userId: 'grace', roles: ['student'] };
    const begin = async (actor: typeof ada, storage: MapStorage, cuts: number) => {
      host.actor = actor;
      host.proxy.cutAfterUpload(CUT);
      const page = openPage(host, { storage, clock: endlessWaits(host) });
      const upload = page.upload(fileOf(small));
      await cutCount(cuts);
      page.close();
      return upload.uploadReference;
    };

    test('stays: both continue their own upload, in any order', async () => {
      host = await UploadHost.start('local');
      const storage = new MapStorage();
      const references = [await begin(ada, storage, 1), await begin(grace, storage, 2)];
      expect(references[0]).not.toBe(references[1]);
      for (const [index, actor] of [ada, grace].entries()) {
        host.actor = actor;
        expect(await openPage(host, { storage }).resumable()).toMatchObject([{ uploadReference: references[index] }]);
      }
      for (const [index, actor] of [grace, ada].entries()) {
        host.actor = actor;
        const upload = openPage(host, { storage }).upload(fileOf(small));
        expect(await upload.done).toMatchObject({ status: 'ready', videoId: references[1 - index] });
      }
      expect(storage.length).toBe(0);
    });

    test('is not released when the other one aborts', async () => {
      host = await UploadHost.start('local');
      const storage = new MapStorage();
      const reference = await begin(ada, storage, 1);
      host.actor = grace;
      const upload = openPage(host, { storage }).upload(fileOf(small));
      await until(upload, ({ phase }) => phase === 'asking');
      await upload.abort();
      const later = openPage(host, { storage }).upload(fileOf(small));
      await pauseBeforeSending(later);
      await later.abort();
      host.actor = ada;
      const page = openPage(host, { storage });
      await page.resumeConfirms();
      expect(await page.resumable()).toMatchObject([{ uploadReference: reference }]);
    });
  });

  test.each([
    ['confirm', /POST .*\/confirm$/, 'ready'],
    ['release', /^DELETE/, 'deleted'],
  ])('with a pending %s is kept during the visit of another user', async (pending, route, status) => {
    host = await UploadHost.start('s3-form');
    const storage = new MapStorage();
    const before = openPage(host, { storage });
    host.failRoute(route, 503, pending === 'confirm' ? 13 : 3);
    const upload = before.upload(fileOf(small));
    if (pending === 'release') {
      await pauseBeforeSending(upload);
      await upload.abort();
    } else await expect(upload.done).rejects.toMatchObject({ code: 'BACKEND_THROTTLED' });
    before.close();
    const asked = () => host.requests.filter((line) => route.test(line)).length;
    const askedBefore = asked();

    host.actor = { userId: 'grace', roles: ['student'] };
    const theirs = openPage(host, { storage });
    await expect.poll(asked).toBe(askedBefore + 1);
    // Called a second time, after the call at creation.
    await theirs.resumeConfirms();
    expect(storage.length).toBe(1);

    host.actor = { userId: 'ada', roles: ['student'] };
    openPage(host, { storage });
    await expect.poll(() => storage.length).toBe(0);
    const state = host.service.getUpload(host.actor, upload.uploadReference ?? '');
    if (status === 'ready') expect(await state).toMatchObject({ status });
    else await expect(state).rejects.toMatchObject({ code: 'VIDEO_NOT_FOUND' });
  });

  test('is not reported as absent while the host app cannot be reached: resumable() rejects', async () => {
    const storage = await begunOn('local');
    host.failRoute(/GET .*uploads/, 503);
    const page = openPage(host, { storage });
    await expect(page.resumable()).rejects.toMatchObject({ code: 'BACKEND_THROTTLED' });
    expect(await page.resumable()).toHaveLength(1);
  });

  test('is released by discard', async () => {
    const storage = await begunOn('s3-parts');
    const page = openPage(host, { storage });
    const [{ uploadReference } = { uploadReference: '' }] = await page.resumable();
    await page.discard(uploadReference);
    expect(storage.length).toBe(0);
    await expect(host.service.getUpload(host.actor, uploadReference)).rejects.toMatchObject({
      code: 'VIDEO_NOT_FOUND',
    });
  });

  test('is released later, and not listed meanwhile, when the host app cannot be reached', async () => {
    const storage = await begunOn('local');
    const page = openPage(host, { storage });
    const [{ uploadReference } = { uploadReference: '' }] = await page.resumable();
    host.failRoute(/^DELETE/, 503, 3);
    await page.discard(uploadReference);
    expect(await page.resumable()).toEqual([]);
    expect(storage.length).toBe(1);
    await page.resumeConfirms();
    expect(storage.length).toBe(0);
    await expect(host.service.getUpload(host.actor, uploadReference)).rejects.toMatchObject({
      code: 'VIDEO_NOT_FOUND',
    });
  });

  test('is removed after 48 hours, when its reference has expired', async () => {
    const storage = await begunOn('local');
    host.skip(47 * 3_600_000);
    openPage(host, { storage });
    expect(storage.length).toBe(1);
    host.skip(3_600_000);
    openPage(host, { storage });
    expect(storage.length).toBe(0);
  });

  test.each(['', '{', 'null', '[]', '{"idempotencyKey":7}'])(
    'is removed when it is not a valid entry: %j',
    async (text) => {
      host = await UploadHost.start('local');
      const storage = new MapStorage();
      storage.setItem('videostorage.upload.x', text);
      storage.setItem('other', text);
      expect(await openPage(host, { storage }).resumable()).toEqual([]);
      expect(storage.length).toBe(1);
    },
  );

  test('is not needed: a browser whose storage is full still uploads', async () => {
    host = await UploadHost.start('local');
    const storage = new MapStorage();
    storage.setItem = () => {
      throw new DOMException('full', 'QuotaExceededError');
    };
    expect(await openPage(host, { storage }).upload(fileOf(small)).done).toMatchObject({ status: 'ready' });
  });
});
