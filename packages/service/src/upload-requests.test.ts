import { BackendError, StoreUnavailableError, toTimestamp } from '@videostorage/core';
import { MemoryStorage } from '@videostorage/testing';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { codeOf } from '../test-support/code-of.ts';
import { ada, bob, film, ServiceWorld, teacher } from '../test-support/service-world.ts';

let world: ServiceWorld;
beforeEach(() => {
  world = new ServiceWorld();
});

const all = async () => (await world.records.list({ limit: 1000 })).records;

describe('the record is inserted first', () => {
  test('the record exists before the storage is called, with the id that the storage gets', async () => {
    const create = vi.spyOn(world.storage, 'getUploadUrl');
    let during: unknown;
    create.mockImplementationOnce(async (request, options) => {
      during = await world.records.get(request.uploadId ?? '');
      create.mockRestore();
      return world.storage.getUploadUrl(request, options);
    });
    const ticket = await world.ask();
    // The lifetime of the longest ticket, until the exact one is known.
    const expiresAt = new Date(world.clock.now() + 24 * 3_600_000).toISOString();
    expect(during).toMatchObject({ id: ticket.videoId, status: 'pending', videoId: null, version: 1, expiresAt });
  });

  test.each([
    ['an invalid request', { sizeBytes: -1 }, 'VALIDATION_FAILED'],
    ['one that the storage refuses', { sizeBytes: 9_000_000_000_000 }, 'VALIDATION_FAILED'],
  ])('%s leaves no record, but an entry in the log', async (_, over, code) => {
    expect(await codeOf(world.ask(ada, over))).toBe(code);
    expect(await all()).toEqual([]);
    const { entries } = await world.events.list({ limit: 10 });
    expect(entries).toMatchObject([{ event: 'upload.rejected', outcome: 'denied', userId: 'ada', errorCode: code }]);
  });

  test('a request that no storage could accept is logged without calling one', async () => {
    const create = vi.spyOn(world.storage, 'getUploadUrl');
    for (const contextId of ['course-1', undefined]) await codeOf(world.ask(ada, { sizeBytes: -1, contextId }));
    expect(create).not.toHaveBeenCalled();
    const line = { at: expect.any(String), level: 'warn', event: 'upload.rejected', userId: 'ada' };
    expect(world.log).toEqual([
      { ...line, code: 'VALIDATION_FAILED', contextId: 'course-1' },
      { ...line, code: 'VALIDATION_FAILED' },
    ]);
  });

  test('the storage decides which sizes, types and durations are accepted', async () => {
    const create = vi.spyOn(world.storage, 'getUploadUrl').mockRejectedValue(new BackendError('BACKEND_REFUSED', 'no'));
    const large = { sizeBytes: 64 * 2 ** 40 };
    for (const over of [
      large,
      { fileName: 'a.avi', mimeType: 'video/x-msvideo' },
      { maxDurationSeconds: 31_622_400 },
    ]) {
      expect(await codeOf(world.ask(ada, over))).toBe('BACKEND_REFUSED');
      expect(create).toHaveBeenLastCalledWith(expect.objectContaining(over), expect.anything());
    }
  });

  test('an impossible file size is refused before it is counted, so that sums of records stay exact', async () => {
    const insert = vi.spyOn(world.records, 'insert');
    for (const over of [{ sizeBytes: 64 * 2 ** 40 + 1 }, { maxDurationSeconds: 366 * 86_400 + 1 }])
      expect(await codeOf(world.ask(ada, over))).toBe('VALIDATION_FAILED');
    expect(insert).not.toHaveBeenCalled();
  });

  test('a request that sets no longest duration has none in its record', async () => {
    for (const over of [{}, { maxDurationSeconds: 60 }]) await world.ask(ada, over);
    expect((await all()).map(({ maxDurationSeconds }) => maxDurationSeconds).sort()).toEqual([60, null]);
  });

  test('an error of a storage from outside the library is in the history as INTERNAL', async () => {
    vi.spyOn(world.storage, 'getUploadUrl').mockRejectedValueOnce(new RangeError('a bug'));
    expect(await codeOf(world.ask())).toBe('RangeError: a bug');
    expect(await all()).toEqual([]);
    const { entries } = await world.events.list({ limit: 10 });
    expect(entries).toMatchObject([{ event: 'upload.rejected', errorCode: 'INTERNAL' }]);
  });

  test('an upload is not refused when history cannot be written: the sweep writes it', async () => {
    const down = vi.spyOn(world.events, 'append').mockRejectedValue(new Error('the log is down'));
    const { videoId } = await world.ask();
    expect(world.log.at(-1)).toMatchObject({ event: 'hook.failed', videoId, message: 'Error: the log is down' });
    down.mockRestore();
    await world.sweepLater(60);
    expect(await world.history(videoId)).toEqual(['upload.requested']);
  });

  test('an abort of the caller is no refusal in the history, and leaves no record', async () => {
    const [gone, reason] = [new AbortController(), new Error('the connection is gone')];
    vi.spyOn(world.storage, 'getUploadUrl').mockImplementationOnce(async () => {
      gone.abort(reason);
      throw reason;
    });
    const asked = world.service.getUploadUrl(ada, world.request(), { signal: gone.signal });
    await expect(asked).rejects.toBe(reason);
    expect((await world.events.list({ limit: 10 })).entries).toEqual([]);
    expect((await world.records.list({ limit: 10 })).records).toEqual([]);
  });

  test('an abort after the storage has refused is a refusal in the history', async () => {
    const [gone, refusal] = [new AbortController(), new BackendError('BACKEND_FULL', 'full')];
    vi.spyOn(world.storage, 'getUploadUrl').mockImplementationOnce(async () => {
      gone.abort(new Error('the connection is gone'));
      throw refusal;
    });
    const asked = world.service.getUploadUrl(ada, world.request(), { signal: gone.signal });
    await expect(asked).rejects.toBe(refusal);
    const { entries } = await world.events.list({ limit: 10 });
    expect(entries).toMatchObject([{ event: 'upload.rejected', errorCode: 'BACKEND_FULL' }]);
  });

  test('when records cannot be written, this is an outage, not a refusal and not a quota', async () => {
    for (const error of [new StoreUnavailableError(), new Error('the database is down')]) {
      vi.spyOn(world.records, 'insert').mockRejectedValueOnce(error);
      await expect(world.ask()).rejects.toBe(error);
    }
    expect([world.log, (await world.events.list({ limit: 10 })).entries]).toEqual([[], []]);
  });

  test('an upload that was created for a record that is gone meanwhile is released, and its ticket is not issued', async () => {
    const create = world.storage.getUploadUrl.bind(world.storage);
    vi.spyOn(world.storage, 'getUploadUrl').mockImplementationOnce(async (...given) => {
      const [{ id = '', version = 0 } = {}] = await all();
      await world.records.discard(id, version);
      return create(...given);
    });
    const abort = vi.spyOn(world.storage, 'abortUpload');
    const asked = world.service.getUploadUrl(ada, world.request(), { requestId: 'r-7' });
    expect(await codeOf(asked)).toBe('VIDEO_NOT_FOUND');
    expect(abort.mock.calls).toEqual([[expect.any(String), { userId: 'ada', requestId: 'r-7' }]]);
    expect(await all()).toEqual([]);
  });

  test('the sweep examines an upload a minute after its ticket, however long its creation took', async () => {
    const create = world.storage.getUploadUrl.bind(world.storage);
    vi.spyOn(world.storage, 'getUploadUrl').mockImplementationOnce(async (...given) => {
      world.clock.advance(45_000);
      return create(...given);
    });
    const { videoId } = await world.ask();
    expect(await world.record(videoId)).toMatchObject({ dueAt: toTimestamp(world.clock.now() + 60_000) });
  });

  test('after a crash between record and ticket the sweep discards the record after a quarter of an hour, not before', async () => {
    vi.spyOn(world.storage, 'getUploadUrl').mockReturnValueOnce(new Promise(() => {}));
    void world.ask();
    await vi.waitFor(async () => expect(await all()).toHaveLength(1));
    expect(await world.sweepLater(14 * 60)).toMatchObject({ expired: 0 });
    expect(await all()).toHaveLength(1);
    expect(await world.sweepLater(2 * 60)).toMatchObject({ expired: 1 });
    expect(await all()).toEqual([]);
  });
});

describe('what reaches the storage', () => {
  test('the call’s own options reach the storage; the key does not', async () => {
    const create = vi.spyOn(world.storage, 'getUploadUrl');
    const { signal } = new AbortController();
    const given = { signal, timeoutMs: 1234, requestId: 'request-1' };
    class Counted {
      readonly #counts: unknown[] = [];
      get counts(): readonly unknown[] {
        return this.#counts;
      }
      onRateLimit(counts: unknown): void {
        this.#counts.push(counts);
      }
    }
    const options = Object.assign(new Counted(), { ...given, idempotencyKey: 'key-1' });
    await world.service.getUploadUrl(ada, world.request(), options);
    const passed = { ...given, onRateLimit: expect.any(Function) };
    expect(create).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ userId: 'ada' }), passed);
    expect(options.counts).toEqual([[]]);
  });

  test('the submission is kept in the record, 1 to 128 printable characters', async () => {
    const { videoId } = await world.ask(ada, { submissionId: 's'.repeat(128) });
    expect(await world.record(videoId)).toMatchObject({ submissionId: 's'.repeat(128) });
    const problems = [{ path: 'submissionId', code: 'ID_INVALID', message: expect.stringContaining('printable') }];
    for (const submissionId of ['', 's'.repeat(129), 'a b', 5]) {
      await expect(Reflect.apply(world.ask, world, [ada, { submissionId }])).rejects.toMatchObject({
        code: 'VALIDATION_FAILED',
        problems,
      });
    }
  });
});

describe('quotas', () => {
  test('T-N1: pending uploads count as declared, confirmed ones as observed, deleted ones not at all', async () => {
    world = new ServiceWorld({ quotas: [{ scope: 'user', maxBytes: 2 * film.length }] });
    const first = await world.upload();
    const second = await world.ask();
    expect(await codeOf(world.ask())).toBe('QUOTA_EXCEEDED');
    expect(await codeOf(world.ask(bob))).toBe('resolved');
    await world.service.confirmUpload(ada, first);
    expect(await codeOf(world.ask())).toBe('QUOTA_EXCEEDED');
    await world.service.abortUpload(ada, second.uploadReference);
    expect(await codeOf(world.ask())).toBe('resolved');
    await world.service.deleteVideo(teacher, first);
    expect(await codeOf(world.ask())).toBe('resolved');
    expect(await codeOf(world.ask())).toBe('QUOTA_EXCEEDED');
  });

  test('a confirmed upload counts with the observed size and duration, and keeps facts that a later query lacks', async () => {
    const id = await world.upload();
    const confirm = world.storage.confirmUpload.bind(world.storage);
    const observed = {
      sizeBytes: 7,
      durationSeconds: 12.5,
      codec: 'avc1.64001e',
      revision: 'attempt-1',
      uploadedAt: '2026-11-22T10:00:00.000Z',
    };
    vi.spyOn(world.storage, 'confirmUpload').mockImplementationOnce(async (...given) => ({
      ...(await confirm(...given)),
      ...observed,
    }));
    await world.service.confirmUpload(ada, id);
    expect(await world.record(id)).toMatchObject({ status: 'processing', ...observed });
    expect(await world.records.usage('user', 'ada')).toEqual({ pending: 0, videos: 1, bytes: 7, seconds: 12.5 });
    const get = world.storage.getVideoMetadata.bind(world.storage);
    vi.spyOn(world.storage, 'getVideoMetadata').mockImplementationOnce(async (...given) => {
      const { sizeBytes: _size, durationSeconds: _duration, ...most } = await get(...given);
      const { codec: _codec, revision: _revision, ...video } = most;
      return { ...video, status: 'ready', playable: true, uploadedAt: '2026-11-22T11:00:00.000Z' };
    });
    await world.sweepLater(60);
    expect(await world.record(id)).toMatchObject({ status: 'ready', ...observed });
  });

  test('an upload that never arrives counts until it expires', async () => {
    world = new ServiceWorld({ quotas: [{ scope: 'user', maxPending: 1 }] });
    await world.ask();
    expect(await codeOf(world.ask())).toBe('QUOTA_EXCEEDED');
    const denied = { level: 'warn', userId: 'ada', scope: 'user', limit: 1, code: 'QUOTA_EXCEEDED' };
    expect(world.log.filter(({ event }) => event === 'quota.denied')).toMatchObject([denied]);
    await world.sweepLater(50 * 3600);
    expect(await codeOf(world.ask())).toBe('resolved');
  });

  test('the log names the bound of the quota that is used up, also when it is 0, and the history the context', async () => {
    world = new ServiceWorld({
      quotas: [
        { scope: 'user', maxPending: 5 },
        { scope: 'context', maxBytes: 0 },
      ],
    });
    expect(await codeOf(world.ask())).toBe('QUOTA_EXCEEDED');
    expect(world.log.at(-1)).toMatchObject({ event: 'quota.denied', scope: 'context', limit: 0 });
    const { entries } = await world.events.list({ limit: 10 });
    expect(entries).toMatchObject([{ event: 'upload.rejected', contextId: 'course-1', errorCode: 'QUOTA_EXCEEDED' }]);
  });

  test('T-N2: of 200 at once in two processes exactly as many succeed as have room, and the storage is not called for the rest', async () => {
    world = new ServiceWorld({ quotas: [{ scope: 'context', maxPending: 17 }] });
    const nodes = [world.service, world.node()];
    const create = vi.spyOn(world.storage, 'getUploadUrl');
    const codes = await Promise.all(
      Array.from({ length: 200 }, (_, index) =>
        codeOf(nodes[index % 2]?.getUploadUrl(ada, world.request()) ?? Promise.reject()),
      ),
    );
    expect(codes.filter((code) => code === 'resolved')).toHaveLength(17);
    expect(codes.filter((code) => code === 'QUOTA_EXCEEDED')).toHaveLength(183);
    expect(create).toHaveBeenCalledTimes(17);
  });
});

describe('several storages', () => {
  const other = () =>
    Object.defineProperty(
      new MemoryStorage({ clock: world.clock, referenceSecrets: ['x'.repeat(40)] }),
      'backendName',
      { value: 'other' },
    );

  test('a function chooses for each upload; old videos stay where they are', async () => {
    const old = await world.readyVideo();
    const second = other();
    const service = world.node({
      storages: [world.storage, second],
      chooseBackend: ({ contextId }) => (contextId === 'course-2' ? 'other' : 'memory'),
    });
    const ticket = await service.getUploadUrl(ada, world.request({ contextId: 'course-2' }));
    expect(await world.record(ticket.videoId)).toMatchObject({ backendName: 'other' });
    expect((await service.getPlaybackUrl(teacher, old.videoId)).url).toBeTruthy();
  });

  test('a `chooseBackend` that names no storage is an error of the host app', async () => {
    const service = world.node({ storages: [world.storage, other()], chooseBackend: () => 'nowhere' });
    await expect(service.getUploadUrl(ada, world.request())).rejects.toMatchObject({
      code: 'MISCONFIGURED',
      message: 'VideoService: `chooseBackend` must return one of "memory", "other".',
    });
    expect(await all()).toEqual([]);
  });

  test('a record whose storage is no longer injected gives an error that says so', async () => {
    const { videoId } = await world.readyVideo();
    const service = world.node({ storages: [other()] });
    expect(await codeOf(service.getPlaybackUrl(teacher, videoId))).toBe('MISCONFIGURED');
  });

  test('two of one name are refused', () => {
    expect(() => world.node({ storages: [world.storage, world.storage] })).toThrow(/two named "memory"/);
  });
});
