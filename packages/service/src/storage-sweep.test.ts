import { BackendError } from '@videostorage/core';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { ada, film, ServiceWorld, teacher } from '../test-support/service-world.ts';

let world: ServiceWorld;
beforeEach(() => {
  world = new ServiceWorld();
});

const HOUR = 3600;
const DAY = 24 * HOUR;
const sweep = (options = {}) => world.service.sweep({ storages: false, ...options });

describe('retention', () => {
  const withRetention = (days: number | 'forever') => new ServiceWorld({ retainFor: () => days });

  test('begins the delete when the days have passed, and not before; a dry run names it and its bytes', async () => {
    world = withRetention(30);
    const { videoId } = await world.readyVideo();
    expect(await world.sweepLater(30 * DAY - 120)).toMatchObject({ retentionEnded: 0 });
    world.clock.advance(120_000);
    const ended = { retentionEnded: 1, retentionEndedIds: [videoId], bytesReleased: film.length };
    expect(await sweep({ dryRun: true })).toMatchObject({ ...ended, deleted: 0 });
    expect(await world.record(videoId)).toMatchObject({ status: 'ready' });
    const report = await sweep();
    expect(report).toMatchObject({ ...ended, deleted: 1 });
    expect(await world.record(videoId)).toMatchObject({ status: 'deleted' });
    expect(world.hookCalls.at(-1)).toMatchObject({ hook: 'deleted' });
    const { entries } = await world.events.list({ recordId: videoId, limit: 10 });
    // Nobody has deleted it.
    expect(entries.map(({ event, userId }) => [event, userId]).slice(0, 3)).toEqual([
      ['video.deleted', null],
      ['video.delete_requested', null],
      ['video.ready', 'ada'],
    ]);
  });

  test('ends exactly at the millisecond at which the days have passed', async () => {
    world = withRetention(1);
    const { videoId } = await world.readyVideo();
    const endMs = Date.parse((await world.record(videoId)).uploadedAt ?? '') + DAY * 1000;
    world.clock.advance(endMs - 1 - world.clock.now());
    expect(await sweep()).toMatchObject({ retentionEnded: 0 });
    world.clock.advance(1);
    expect(await sweep()).toMatchObject({ retentionEnded: 1 });
  });

  test('covers videos that are still processed or could not be processed, since both hold bytes', async () => {
    world = withRetention(30);
    const confirmed = async () => {
      const id = await world.upload();
      await world.service.confirmUpload(ada, id);
      return id;
    };
    const [stuck, broken] = [await confirmed(), await confirmed()];
    const { videoId } = await world.record(broken);
    const get = world.storage.getVideoMetadata.bind(world.storage);
    vi.spyOn(world.storage, 'getVideoMetadata').mockImplementation(async (id, options) => {
      const video = await get(id, options);
      return id === videoId ? { ...video, status: 'failed' } : video;
    });
    await world.sweepLater(60);
    expect([(await world.record(stuck)).status, (await world.record(broken)).status]).toEqual(['processing', 'failed']);
    expect(await world.sweepLater(30 * DAY)).toMatchObject({ retentionEnded: 2, deleted: 2 });
    for (const id of [stuck, broken]) {
      expect(await world.storage.videoExists((await world.record(id)).videoId ?? '')).toBe(false);
    }
  });

  test('does not touch the record of a refused upload, which holds no bytes', async () => {
    world = withRetention(1);
    const { videoId: id } = await world.ask();
    world.storage.provider.receive((await world.record(id)).videoId ?? '', film, 'video/webm');
    await world.sweepLater(60);
    expect(await world.sweepLater(30 * DAY)).toMatchObject({ retentionEnded: 0 });
    expect(await world.record(id)).toMatchObject({ status: 'failed' });
  });

  test('deletes no video that was changed after it was listed, since the change may ask to keep it', async () => {
    world = new ServiceWorld({ retainFor: ({ custom }) => (custom['keep'] === 'yes' ? 'forever' : 1) });
    const { videoId } = await world.readyVideo();
    const list = world.records.list.bind(world.records);
    vi.spyOn(world.records, 'list')
      .mockImplementationOnce(list)
      .mockImplementationOnce(async (query) => {
        const page = await list(query);
        await world.service.updateVideo(ada, videoId, { custom: { keep: 'yes' } });
        return page;
      });
    expect(await world.sweepLater(2 * DAY)).toMatchObject({ retentionEnded: 0, deleted: 0, failures: [] });
    expect(await world.record(videoId)).toMatchObject({ status: 'ready', custom: { keep: 'yes' } });
    await world.service.updateVideo(ada, videoId, { custom: {} });
    expect(await sweep()).toMatchObject({ retentionEnded: 1, deleted: 1 });
  });

  test('does not count bytes as released that the storage may not remove yet', async () => {
    world = withRetention(1);
    await world.readyVideo();
    vi.spyOn(world.storage, 'deleteVideo').mockResolvedValueOnce({ purged: true, retained: true });
    expect(await world.sweepLater(2 * DAY)).toMatchObject({ retentionEnded: 1, deleted: 1, bytesReleased: 0 });
  });

  test('forever is forever', async () => {
    world = withRetention('forever');
    await world.readyVideo();
    expect(await world.sweepLater(3650 * DAY)).toMatchObject({ retentionEnded: 0, failures: [] });
  });

  test('of 0 days ends at once', async () => {
    world = withRetention(0);
    const id = await world.upload();
    await world.service.confirmUpload(ada, id);
    expect(await sweep()).toMatchObject({ retentionEnded: 1, deleted: 1, failures: [] });
    expect(await world.record(id)).toMatchObject({ status: 'deleted' });
  });

  test.each([
    ['undefined', undefined],
    ['not a number', Number.NaN],
    ['-1', -1],
    ['a promise', Promise.resolve('forever')],
    ['"30"', '30'],
  ])('deletes nothing when `retainFor` returns %s, and reports the video', async (_, answer) => {
    world = new ServiceWorld({ retainFor: () => answer as number });
    const { videoId } = await world.readyVideo();
    expect(await world.sweepLater(3650 * DAY)).toMatchObject({
      ...{ retentionEnded: 0, failures: [{ id: videoId, code: 'MISCONFIGURED' }] },
    });
    expect(await world.record(videoId)).toMatchObject({ status: 'ready' });
    const message = "VideoService: `retainFor` must return a number of days, 0 or more, or 'forever'.";
    expect(world.log).toContainEqual({
      ...{ at: expect.any(String), level: 'warn', event: 'request.failed', operation: 'sweep', videoId },
      ...{ code: 'MISCONFIGURED', message },
    });
  });

  test('what `retainFor` throws for one video does not stop the others', async () => {
    const first = { id: '' };
    world = new ServiceWorld({
      retainFor: ({ id }) => {
        if (id === first.id) throw new RangeError('no such course');
        return 1;
      },
    });
    first.id = (await world.readyVideo()).videoId;
    await world.readyVideo();
    expect(await world.sweepLater(2 * DAY)).toMatchObject({
      ...{ retentionEnded: 1, deleted: 1, failures: [{ id: first.id, code: 'INTERNAL' }] },
    });
  });

  test('counts from the upload, not from the request, and is in history', async () => {
    world = withRetention(1);
    const ticket = await world.ask();
    world.clock.advance(1800 * 1000);
    await world.send(ticket);
    await world.service.confirmUpload(ada, ticket.videoId);
    world.storage.provider.settle();
    await world.sweepLater(60);
    expect(await world.sweepLater(DAY - 120)).toMatchObject({ retentionEnded: 0 });
    vi.spyOn(world.storage, 'deleteVideo').mockResolvedValueOnce({ purged: false });
    expect(await world.sweepLater(120)).toMatchObject({ retentionEnded: 1, deleted: 0 });
    expect((await world.history(ticket.videoId)).at(-1)).toBe('video.delete_requested');
  });

  test('reports `more` when the limit ends the round', async () => {
    world = withRetention('forever');
    for (let index = 0; index < 3; index += 1) await world.readyVideo();
    expect(await sweep({ limit: 2 })).toMatchObject({ more: true });
    expect(await sweep({ limit: 2 })).toMatchObject({ more: false });
  });

  test('examines all videos in turn, `limit` of them in each run', async () => {
    world = new ServiceWorld({ retainFor: ({ contextId }) => (contextId === 'old' ? 1 : 'forever') });
    for (const contextId of ['new', 'new', 'old', 'new', 'old']) await world.readyVideo(ada, { contextId });
    world.clock.advance(2 * DAY * 1000);
    const ended: number[] = [];
    for (let run = 0; run < 3; run += 1) ended.push((await sweep({ limit: 2 })).retentionEnded);
    expect(ended.reduce((sum, count) => sum + count)).toBe(2);
  });

  test.each([
    [149_999, 2],
    [150_000, 1],
  ])(
    'after a delete that takes %d ms, %d of two have begun; the next run continues with the rest',
    async (tookMs, begun) => {
      world = withRetention(1);
      // Each is on a page of its own: those that are being processed come first.
      await world.readyVideo();
      await world.service.confirmUpload(ada, await world.upload());
      world.clock.advance(2 * DAY * 1000);
      vi.spyOn(world.storage, 'deleteVideo').mockImplementationOnce(async () => {
        world.clock.advance(tookMs);
        return { purged: true };
      });
      expect(await sweep()).toMatchObject({ retentionEnded: begun, deleted: begun, more: begun < 2 });
      expect(await sweep()).toMatchObject({ retentionEnded: 2 - begun, deleted: 2 - begun, more: false });
    },
  );

  test('continues with the first status after the last one', async () => {
    world = withRetention('forever');
    const list = vi.spyOn(world.records, 'list');
    for (let run = 0; run < 2; run += 1) expect(await sweep()).toMatchObject({ more: false });
    const round = [['processing'], ['ready'], ['failed']];
    expect(list.mock.calls.map(([{ statuses }]) => statuses)).toEqual([...round, ...round]);
    list.mockResolvedValue({ records: [], cursor: 'again' });
    list.mockClear();
    expect(await sweep({ limit: 3 })).toMatchObject({ more: true });
    expect(list).toHaveBeenCalledTimes(3);
  });
});

describe('storages', () => {
  test('a video without a record is counted, and deleted only on request, when it is found again a day later', async () => {
    const ticket = await world.storage.getUploadUrl({ ...world.request(), userId: 'somebody' });
    await world.send(ticket);
    await world.storage.confirmUpload(ticket.uploadReference, { userId: 'somebody' });
    const { videoId } = await world.readyVideo();
    const all = { deleteOrphans: true };
    expect(await world.service.sweep(all)).toMatchObject({ orphansFound: 1, orphansDeleted: 0 });
    world.clock.advance((DAY - 1) * 1000);
    expect(await world.service.sweep(all)).toMatchObject({ orphansFound: 1, orphansDeleted: 0 });
    world.clock.advance(1000);
    expect(await world.service.sweep()).toMatchObject({ orphansFound: 1, orphansDeleted: 0 });
    const foreseen = { orphansFound: 1, orphansDeleted: 1, bytesReleased: film.length };
    expect(await world.service.sweep({ ...all, dryRun: true })).toMatchObject(foreseen);
    expect(await world.storage.videoExists(ticket.videoId)).toBe(true);
    expect(await world.service.sweep(all)).toMatchObject({
      orphansFound: 1,
      orphansDeleted: 1,
      bytesReleased: film.length,
    });
    expect(await world.storage.videoExists(ticket.videoId)).toBe(false);
    expect(await world.service.getVideo(teacher, videoId)).toMatchObject({ status: 'ready' });
    expect(await world.service.sweep(all)).toMatchObject({ orphansFound: 0 });
  });

  const orphan = async () => {
    const ticket = await world.storage.getUploadUrl({ ...world.request(), userId: 'somebody' });
    await world.send(ticket);
    await world.storage.confirmUpload(ticket.uploadReference, { userId: 'somebody' });
    return ticket.videoId;
  };

  test('a video without a record whose delete fails is reported, and does not stop the others', async () => {
    const ids = [await orphan(), await orphan(), await orphan()];
    await world.service.sweep({ deleteOrphans: true });
    world.clock.advance(DAY * 1000);
    const remove = world.storage.deleteVideo.bind(world.storage);
    vi.spyOn(world.storage, 'deleteVideo').mockImplementation(async (videoId, options) => {
      if (videoId === ids[0]) throw new BackendError('BACKEND_REFUSED', 'locked');
      return videoId === ids[1] ? { purged: false } : remove(videoId, options);
    });
    const forget = vi.spyOn(world.records, 'forgetUnknownVideo');
    expect(await world.service.sweep({ deleteOrphans: true })).toMatchObject({
      ...{ orphansFound: 3, orphansDeleted: 1, failures: [{ id: ids[0], code: 'BACKEND_REFUSED' }] },
    });
    expect(forget.mock.calls).toEqual([['memory', ids[2]]]);
  });

  test('a cursor that the storage refuses for good is dropped; one that met an outage is kept', async () => {
    for (let index = 0; index < 3; index += 1) await world.readyVideo();
    const list = vi.spyOn(world.storage, 'listVideos');
    expect(await world.service.sweep({ limit: 1 })).toMatchObject({ more: true });
    const cursors = () => list.mock.calls.map(([options]) => options?.cursor);
    list.mockRejectedValueOnce(new BackendError('BACKEND_UNAVAILABLE', 'down'));
    await world.service.sweep({ limit: 1 });
    list.mockRejectedValueOnce(new BackendError('BACKEND_REFUSED', 'old cursor'));
    await world.service.sweep({ limit: 1 });
    await world.service.sweep({ limit: 1 });
    expect(cursors()).toEqual([undefined, expect.any(String), expect.any(String), undefined]);
  });

  test('a dry run does not count as the first time that a video is found', async () => {
    await orphan();
    expect(await world.service.sweep({ deleteOrphans: true, dryRun: true })).toMatchObject({ orphansFound: 1 });
    world.clock.advance(DAY * 1000);
    expect(await world.service.sweep({ deleteOrphans: true })).toMatchObject({ orphansFound: 1, orphansDeleted: 0 });
  });

  test('a dry run does not advance: the next run examines the same videos', async () => {
    world = new ServiceWorld({ retainFor: () => 1 });
    for (let index = 0; index < 3; index += 1) await world.readyVideo();
    world.clock.advance(2 * DAY * 1000);
    const list = vi.spyOn(world.storage, 'listVideos');
    const records = vi.spyOn(world.records, 'list');
    const dry = await world.service.sweep({ dryRun: true, limit: 2 });
    expect(dry).toMatchObject({ retentionEnded: 2, deleted: 0, more: true });
    vi.spyOn(world.storage, 'deleteVideo').mockResolvedValue({ purged: false });
    expect(await world.service.sweep({ limit: 2 })).toMatchObject({ retentionEnded: 2, more: true });
    expect(list.mock.calls.map(([options]) => options?.cursor)).toEqual([undefined, undefined]);
    // One status after another: a database finds the videos of one status without reading all deleted ones.
    const places = [['processing'], ['ready']].map((statuses) => ({ statuses, order: 'oldest' }));
    expect(records.mock.calls.map(([{ statuses, order, cursor }]) => ({ statuses, order, cursor }))).toEqual([
      ...places,
      ...places,
    ]);
  });

  test('T-K2: a listing that is empty or fails deletes nothing', async () => {
    const { videoId } = await world.readyVideo();
    const list = vi.spyOn(world.storage, 'listVideos').mockResolvedValueOnce({ videos: [] });
    await world.service.sweep({ deleteOrphans: true });
    list.mockRejectedValueOnce(new BackendError('BACKEND_BAD_RESPONSE', 'a page of a proxy'));
    expect(await world.service.sweep()).toMatchObject({ failures: [{ id: 'memory', code: 'BACKEND_BAD_RESPONSE' }] });
    expect(world.log).toContainEqual({
      ...{ at: expect.any(String), level: 'warn', event: 'request.failed', operation: 'sweep', backendName: 'memory' },
      ...{ code: 'BACKEND_BAD_RESPONSE', message: 'a page of a proxy' },
    });
    expect(await world.service.getVideo(teacher, videoId)).toMatchObject({ status: 'ready' });
    expect(await world.storage.videoExists((await world.record(videoId)).videoId ?? '')).toBe(true);
  });

  test('T-K4: a storage with endless empty pages does not delay a run', async () => {
    let pages = 0;
    vi.spyOn(world.storage, 'listVideos').mockImplementation(async () => {
      pages += 1;
      if (pages > 1000) throw new BackendError('BACKEND_UNAVAILABLE', 'listed for ever');
      return { videos: [], cursor: 'more' };
    });
    expect(await world.service.sweep({ limit: 9 })).toMatchObject({ more: true, failures: [] });
    expect(pages).toBe(9);
  });

  test('an abort of the caller that a storage rethrows ends the run, and is not a failure of that storage', async () => {
    const [hostApp, reason] = [new AbortController(), new Error('the host app stops')];
    vi.spyOn(world.storage.maintenance, 'sweep').mockImplementation(async () => {
      hostApp.abort(reason);
      throw reason;
    });
    const list = vi.spyOn(world.storage, 'listVideos');
    await expect(world.service.sweep({ signal: hostApp.signal })).rejects.toBe(reason);
    expect(list).not.toHaveBeenCalled();
  });

  test('listings continue where the limit ended them', async () => {
    for (let index = 0; index < 5; index += 1) await world.readyVideo();
    const list = vi.spyOn(world.storage, 'listVideos');
    await world.service.sweep({ limit: 2 });
    await world.service.sweep({ limit: 2 });
    await world.service.sweep({ limit: 2 });
    const pages = await Promise.all(list.mock.results.map(({ value }) => value));
    const seen = pages.flatMap((page: { videos: { videoId: string }[] }) => page.videos.map((video) => video.videoId));
    expect(new Set(seen.slice(0, 5)).size).toBe(5);
  });

  test('the storage’s own sweep gets the limit, and its counts are in the report', async () => {
    const own = vi.spyOn(world.storage.maintenance, 'sweep').mockResolvedValue({
      ...{ examined: 7, finished: 1, released: 2, bytesReleased: 1_000_000_000_000, more: true },
      failures: [{ id: 'x', code: 'TIMEOUT' }],
    });
    const report = await world.service.sweep({ limit: 9, dryRun: true });
    expect(own).toHaveBeenCalledWith(expect.objectContaining({ limit: 9, dryRun: true }));
    expect(report).toMatchObject({ examined: 7, bytesReleased: 1_000_000_000_000, more: true });
    expect(report.failures).toEqual([{ id: 'x', code: 'TIMEOUT' }]);
    expect(await sweep()).toMatchObject({ examined: 0 });
  });

  test('a storage with nothing left does not set `more`; a storage without a sweep is skipped', async () => {
    for (let index = 0; index < 2; index += 1) await world.readyVideo();
    const unknown = vi.spyOn(world.records, 'unknownVideos');
    expect(await world.service.sweep()).toMatchObject({ more: false, failures: [] });
    expect(unknown).toHaveBeenCalledTimes(1);
    Object.defineProperty(world.storage, 'maintenance', { value: undefined });
    expect(await world.service.sweep()).toMatchObject({ examined: 2, more: false, failures: [] });
  });

  test('for a storage that lists nothing, the records are not queried', async () => {
    const unknown = vi.spyOn(world.records, 'unknownVideos');
    expect(await world.service.sweep()).toMatchObject({ examined: 0, failures: [] });
    expect(unknown).not.toHaveBeenCalled();
  });

  test('an abort ends the run with its reason, even when a storage fails at that moment with another error', async () => {
    const hostApp = new AbortController();
    vi.spyOn(world.storage.maintenance, 'sweep').mockImplementation(async () => {
      hostApp.abort(new Error('the host app stops'));
      throw new BackendError('BACKEND_REFUSED', 'no rights');
    });
    await expect(world.service.sweep({ signal: hostApp.signal })).rejects.toThrow('the host app stops');
  });

  test('a finished run is logged with its counts; like all its failures, it is logged with its request id', async () => {
    vi.spyOn(world.storage.maintenance, 'sweep').mockRejectedValueOnce(
      new BackendError('BACKEND_REFUSED', 'no rights'),
    );
    await sweep({ requestId: 'request-7', storages: true });
    const [failed, record] = world.log.slice(-2);
    expect(failed).toMatchObject({ event: 'request.failed', operation: 'sweep', requestId: 'request-7' });
    expect(record).toMatchObject({ event: 'sweep.finished', level: 'info', requestId: 'request-7' });
    expect(JSON.parse(record?.message ?? '')).toMatchObject({ examined: 0, orphansFound: 0 });
  });
});
