import { BackendError, RateLimitedError, StoreUnavailableError } from '@videostorage/core';
import { MemoryStorage } from '@videostorage/testing';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { codeOf } from '../test-support/code-of.ts';
import { ada, bob, film, ServiceWorld, teacher } from '../test-support/service-world.ts';

let world: ServiceWorld;
beforeEach(() => {
  world = new ServiceWorld();
});

const all = async () => (await world.records.list({ limit: 1000 })).records;

describe('record first', () => {
  test('the record exists before the storage is asked, with the id that the storage gets', async () => {
    const create = vi.spyOn(world.storage, 'getUploadUrl');
    let during: unknown;
    create.mockImplementationOnce(async (request, options) => {
      during = await world.records.get(request.uploadId ?? '');
      create.mockRestore();
      return world.storage.getUploadUrl(request, options);
    });
    const ticket = await world.ask();
    // Until the ticket says more exactly, as long as the longest ticket.
    const expiresAt = new Date(world.clock.now() + 24 * 3_600_000).toISOString();
    expect(during).toMatchObject({ id: ticket.videoId, status: 'pending', videoId: null, version: 1, expiresAt });
  });

  test.each([
    ['an invalid request', { sizeBytes: -1 }, 'VALIDATION_FAILED'],
    ['one that the storage refuses', { sizeBytes: 9_000_000_000_000 }, 'VALIDATION_FAILED'],
  ])('%s leaves no record, but a line in the log', async (_, over, code) => {
    expect(await codeOf(world.ask(ada, over))).toBe(code);
    expect(await all()).toEqual([]);
    const { entries } = await world.events.list({ limit: 10 });
    expect(entries).toMatchObject([{ event: 'upload.rejected', outcome: 'denied', userId: 'ada', errorCode: code }]);
  });

  test('a request that no storage could take is logged without asking one', async () => {
    const create = vi.spyOn(world.storage, 'getUploadUrl');
    await codeOf(world.ask(ada, { sizeBytes: -1 }));
    expect(create).not.toHaveBeenCalled();
    expect(world.log).toEqual([
      { at: expect.any(String), level: 'warn', event: 'upload.rejected', userId: 'ada', code: 'VALIDATION_FAILED' },
    ]);
  });

  test('which sizes, types and durations are taken is for the storage to say', async () => {
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

  test('what no file is, is refused before it is counted: sums of records stay exact', async () => {
    const insert = vi.spyOn(world.records, 'insert');
    for (const over of [{ sizeBytes: 64 * 2 ** 40 + 1 }, { maxDurationSeconds: 366 * 86_400 + 1 }])
      expect(await codeOf(world.ask(ada, over))).toBe('VALIDATION_FAILED');
    expect(insert).not.toHaveBeenCalled();
  });

  test('a request that sets no longest duration has none in its record', async () => {
    for (const over of [{}, { maxDurationSeconds: 60 }]) await world.ask(ada, over);
    expect((await all()).map(({ maxDurationSeconds }) => maxDurationSeconds).sort()).toEqual([60, null]);
  });

  test('an error of a storage that is not ours stands in the history as INTERNAL', async () => {
    vi.spyOn(world.storage, 'getUploadUrl').mockRejectedValueOnce(new RangeError('a bug'));
    expect(await codeOf(world.ask())).toBe('RangeError: a bug');
    expect(await all()).toEqual([]);
    const { entries } = await world.events.list({ limit: 10 });
    expect(entries).toMatchObject([{ event: 'upload.rejected', errorCode: 'INTERNAL' }]);
  });

  test('records that cannot be written to are an outage, and neither a refusal nor a quota', async () => {
    for (const error of [new StoreUnavailableError(), new Error('the database is down')]) {
      vi.spyOn(world.records, 'insert').mockRejectedValueOnce(error);
      await expect(world.ask()).rejects.toBe(error);
    }
    expect([world.log, (await world.events.list({ limit: 10 })).entries]).toEqual([[], []]);
  });

  test('what was created for a record that is gone by then is released, and its ticket is not issued', async () => {
    const create = world.storage.getUploadUrl.bind(world.storage);
    vi.spyOn(world.storage, 'getUploadUrl').mockImplementationOnce(async (...given) => {
      const [{ id = '', version = 0 } = {}] = await all();
      await world.records.discard(id, version);
      return create(...given);
    });
    const abort = vi.spyOn(world.storage, 'abortUpload');
    expect(await codeOf(world.ask())).toBe('VIDEO_NOT_FOUND');
    expect(abort.mock.calls).toEqual([[expect.any(String), { userId: 'ada' }]]);
    expect(await all()).toEqual([]);
  });

  test('a crash between record and ticket is swept after a quarter of an hour, not before', async () => {
    vi.spyOn(world.storage, 'getUploadUrl').mockReturnValueOnce(new Promise(() => {}));
    void world.ask();
    await vi.waitFor(async () => expect(await all()).toHaveLength(1));
    expect(await world.sweepLater(14 * 60)).toMatchObject({ expired: 0 });
    expect(await all()).toHaveLength(1);
    expect(await world.sweepLater(2 * 60)).toMatchObject({ expired: 1 });
    expect(await all()).toEqual([]);
  });
});

describe('Idempotency-Key', () => {
  const ask = (key: string, over = {}, actor = ada) =>
    world.service.getUploadUrl(actor, world.request(over), { idempotencyKey: key });

  test('the same key gives the same ticket, the second process too, and one record', async () => {
    const first = await ask('key-1');
    expect(await ask('key-1')).toEqual(first);
    expect(await world.node().getUploadUrl(ada, world.request(), { idempotencyKey: 'key-1' })).toEqual(first);
    expect(await all()).toHaveLength(1);
  });

  test('another key or another user gets another upload', async () => {
    const ids = [await ask('key-1'), await ask('key-2'), await ask('key-1', {}, bob)].map(({ videoId }) => videoId);
    expect(new Set(ids).size).toBe(3);
  });

  test.each([
    ...[{ sizeBytes: film.length + 1 }, { fileName: 'other.mp4' }, { contextId: 'course-2' }],
    ...[{ contextId: undefined }, { mimeType: 'video/quicktime', fileName: 'moov-first.mp4' }],
  ])('the key of another file is a conflict: %j', async (over) => {
    await ask('key-1');
    await expect(ask('key-1', over)).rejects.toMatchObject({
      ...{ code: 'CONFLICT', message: expect.stringContaining('make a new one for each file') },
    });
  });

  test('the key of the same user in another tenant is a conflict: its ticket stays in its tenant', async () => {
    const first = await ask('key-1', {}, { ...ada, tenantId: 'one' });
    expect(await codeOf(ask('key-1', {}, { ...ada, tenantId: 'two' }))).toBe('CONFLICT');
    expect(await codeOf(ask('key-1'))).toBe('CONFLICT');
    expect(await ask('key-1', {}, { ...ada, tenantId: 'one' })).toEqual(first);
  });

  test('ten at once give one ticket', async () => {
    const create = vi.spyOn(world.storage, 'getUploadUrl');
    const asked = Promise.all(Array.from({ length: 10 }, () => ask('key-1')));
    await vi.waitFor(async () => {
      expect(world.clock.sleeping).toBe(9);
      expect((await all())[0]?.ticket).not.toBeNull();
    });
    world.clock.advance(100);
    const tickets = await asked;
    expect(new Set(tickets.map(({ uploadReference }) => uploadReference)).size).toBe(1);
    expect(create).toHaveBeenCalledTimes(1);
  });

  test('a creation that ended without an answer is done again, as the same upload', async () => {
    const issue = world.storage.getUploadUrl.bind(world.storage);
    const create = vi.spyOn(world.storage, 'getUploadUrl');
    create.mockRejectedValueOnce(new BackendError('BACKEND_UNAVAILABLE', 'down'));
    let dueInSeconds = 0;
    create.mockImplementationOnce(async (request, options) => {
      const { dueAt } = await world.record(request.uploadId ?? '');
      dueInSeconds = (Date.parse(dueAt ?? '') - world.clock.now()) / 1000;
      return issue(request, options);
    });
    expect(await codeOf(ask('key-1'))).toBe('BACKEND_UNAVAILABLE');
    const [record] = await all();
    const again = ask('key-1');
    for (let poll = 0; poll < 20; poll += 1) {
      await vi.waitFor(() => expect(world.clock.sleeping).toBe(1));
      world.clock.advance(100);
    }
    expect((await again).videoId).toBe(record?.id);
    // No sweep discards it meanwhile.
    expect(dueInSeconds).toBe(60);
    expect(create.mock.calls.map(([request]) => request.uploadId)).toEqual([record?.id, record?.id]);
  });

  test('a caller who has gone does not wait for the creation by another call', async () => {
    const create = vi.spyOn(world.storage, 'getUploadUrl').mockReturnValueOnce(new Promise(() => {}));
    void ask('key-1');
    await vi.waitFor(() => expect(create).toHaveBeenCalledTimes(1));
    const [caller, reason] = [new AbortController(), new Error('the browser hung up')];
    const options = { idempotencyKey: 'key-1', signal: caller.signal };
    const again = world.service.getUploadUrl(ada, world.request(), options);
    await vi.waitFor(() => expect(world.clock.sleeping).toBe(1));
    caller.abort(reason);
    await expect(again).rejects.toBe(reason);
    expect(world.clock.sleeping).toBe(0);
  });

  test('a key whose request was refused, or that met a rate limit, may be used again', async () => {
    const limited = new RateLimitedError({ scope: 'user', limit: 1, retryAfterMs: 1000 });
    vi.spyOn(world.storage, 'getUploadUrl').mockRejectedValueOnce(limited);
    expect(await codeOf(ask('key-1'))).toBe('RATE_LIMITED');
    expect(await all()).toEqual([]);
    expect(await codeOf(ask('key-1', { sizeBytes: 0 }))).toBe('VALIDATION_FAILED');
    vi.spyOn(world.storage, 'getUploadUrl').mockRejectedValueOnce(new BackendError('BACKEND_REFUSED', 'no rights'));
    expect(await codeOf(ask('key-1'))).toBe('BACKEND_REFUSED');
    expect(await all()).toEqual([]);
    expect(await codeOf(ask('key-1'))).toBe('resolved');
  });

  test('of two calls that go on with one creation, the later is asked to try again', async () => {
    const create = vi.spyOn(world.storage, 'getUploadUrl');
    create.mockRejectedValueOnce(new BackendError('BACKEND_UNAVAILABLE', 'down'));
    await codeOf(ask('key-1'));
    const message = 'This upload is being created by another call; please try again.';
    const refused = expect(ask('key-1')).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE', retryable: true, message });
    vi.spyOn(world.records, 'update').mockResolvedValueOnce(undefined);
    for (let poll = 0; poll < 20; poll += 1) {
      await vi.waitFor(() => expect(world.clock.sleeping).toBe(1));
      world.clock.advance(100);
    }
    await refused;
    expect(create).toHaveBeenCalledTimes(1);
  });

  test('a call that waits for another’s creation learns that it was refused', async () => {
    let refuse = () => {};
    const create = vi.spyOn(world.storage, 'getUploadUrl').mockImplementationOnce(
      () =>
        new Promise((_, reject) => {
          refuse = () => reject(new BackendError('BACKEND_REFUSED', 'no rights'));
        }),
    );
    const first = codeOf(ask('key-1'));
    await vi.waitFor(() => expect(create).toHaveBeenCalledTimes(1));
    const second = codeOf(ask('key-1'));
    await vi.waitFor(() => expect(world.clock.sleeping).toBe(1));
    refuse();
    expect(await first).toBe('BACKEND_REFUSED');
    world.clock.advance(100);
    expect(await second).toBe('CONFLICT');
  });

  test('without a key an outage leaves no record, since the same upload could not be requested again', async () => {
    vi.spyOn(world.storage, 'getUploadUrl').mockRejectedValueOnce(new BackendError('BACKEND_UNAVAILABLE', 'down'));
    expect(await codeOf(world.ask())).toBe('BACKEND_UNAVAILABLE');
    expect(await all()).toEqual([]);
  });

  test('the key of an upload that has ended is a conflict', async () => {
    const ticket = await ask('key-1');
    await world.service.abortUpload(ada, ticket.uploadReference);
    await expect(ask('key-1')).rejects.toMatchObject({
      ...{ code: 'CONFLICT', message: expect.stringContaining('make a new key') },
    });
  });

  test('a key whose ticket is over is UPLOAD_EXPIRED, before and after the sweep expires its upload', async () => {
    const { videoId, expiresAt } = await ask('key-1');
    world.clock.advance(Date.parse(expiresAt) - world.clock.now() - 1);
    expect(await codeOf(ask('key-1'))).toBe('resolved');
    world.clock.advance(1);
    expect(await codeOf(ask('key-1'))).toBe('UPLOAD_EXPIRED');
    await world.sweepLater(26 * 3600);
    expect(await world.record(videoId)).toMatchObject({ status: 'expired' });
    expect(await codeOf(ask('key-1'))).toBe('UPLOAD_EXPIRED');
    expect(await codeOf(ask('key-2'))).toBe('resolved');
  });

  test.each(['', 'a b', 'ü', 'x'.repeat(129), 'a\n'])('%j is no key', async (key) => {
    const message = 'The idempotencyKey must have 1 to 128 printable characters without spaces.';
    await expect(ask(key)).rejects.toMatchObject({
      ...{ code: 'VALIDATION_FAILED', problems: [{ path: 'idempotencyKey', code: 'ID_INVALID', message }] },
    });
  });
});

describe('what is passed on', () => {
  test('the call’s own options reach the storage; the key does not', async () => {
    const create = vi.spyOn(world.storage, 'getUploadUrl');
    const { signal } = new AbortController();
    const given = { signal, timeoutMs: 1234, requestId: 'request-1', onRateLimit: () => {} };
    await world.service.getUploadUrl(ada, world.request(), { ...given, idempotencyKey: 'key-1' });
    expect(create).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ userId: 'ada' }), given);
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

  test('a confirmed upload counts with the size and duration that the storage observed, and keeps what a later look lacks', async () => {
    const id = await world.upload();
    const confirm = world.storage.confirmUpload.bind(world.storage);
    const observed = {
      sizeBytes: 7,
      durationSeconds: 12.5,
      codec: 'avc1.64001e',
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
      const { sizeBytes: _size, durationSeconds: _duration, codec: _codec, ...video } = await get(...given);
      return { ...video, status: 'ready', playable: true, uploadedAt: '2026-11-22T11:00:00.000Z' };
    });
    await world.sweepLater(60);
    expect(await world.record(id)).toMatchObject({ status: 'ready', ...observed });
  });

  test('an upload that never arrives counts until it expires', async () => {
    world = new ServiceWorld({ quotas: [{ scope: 'user', maxPending: 1 }] });
    await world.ask();
    expect(await codeOf(world.ask())).toBe('QUOTA_EXCEEDED');
    const denied = { level: 'warn', userId: 'ada', scope: 'user', code: 'QUOTA_EXCEEDED' };
    expect(world.log.filter(({ event }) => event === 'quota.denied')).toMatchObject([denied]);
    await world.sweepLater(50 * 3600);
    expect(await codeOf(world.ask())).toBe('resolved');
  });

  test('T-N2: 200 at once over two processes take exactly what is there, and nothing is asked of the storage for the rest', async () => {
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

  test('an answer that names no storage is a mistake of the host', async () => {
    const service = world.node({ storages: [world.storage, other()], chooseBackend: () => 'nowhere' });
    await expect(service.getUploadUrl(ada, world.request())).rejects.toMatchObject({
      code: 'MISCONFIGURED',
      message: 'VideoService: `chooseBackend` must answer one of "memory", "other".',
    });
    expect(await all()).toEqual([]);
  });

  test('a record whose storage is not injected any more says so', async () => {
    const { videoId } = await world.readyVideo();
    const service = world.node({ storages: [other()] });
    expect(await codeOf(service.getPlaybackUrl(teacher, videoId))).toBe('MISCONFIGURED');
  });

  test('two of one name are refused', () => {
    expect(() => world.node({ storages: [world.storage, world.storage] })).toThrow(/two named "memory"/);
  });
});
