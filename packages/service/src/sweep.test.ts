import { BackendError, VideoNotFoundError } from '@videostorage/core';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { codeOf } from '../test-support/code-of.ts';
import { ada, film, ServiceWorld, teacher } from '../test-support/service-world.ts';

let world: ServiceWorld;
beforeEach(() => {
  world = new ServiceWorld();
});

const HOUR = 3600;
const DAY = 24 * HOUR;
const sweep = (options = {}) => world.service.sweep({ storages: false, ...options });

describe('records', () => {
  test('a closed tab loses nothing: what arrived is confirmed within minutes, and its hook runs', async () => {
    const id = await world.upload();
    expect(await sweep()).toMatchObject({ examined: 0 });
    expect(await world.sweepLater(60)).toMatchObject({ examined: 1, adopted: 1 });
    world.storage.provider.settle();
    expect(await world.sweepLater(60)).toMatchObject({ examined: 1, reconciled: 1 });
    expect(await world.record(id)).toMatchObject({ status: 'ready', dueAt: null });
    expect(world.hookCalls).toMatchObject([{ hook: 'ready', id }]);
    expect(await world.sweepLater(DAY)).toMatchObject({ examined: 0 });
  });

  test('a pending upload is looked at after an eighth of its age, between 1 and 15 minutes', async () => {
    await world.ask();
    const waits: number[] = [];
    for (let look = 0; look < 60; look += 1) {
      const record = (await world.records.list({ limit: 1 })).records[0];
      const dueMs = Date.parse(record?.dueAt ?? '');
      waits.push(Math.round((dueMs - world.clock.now()) / 1000));
      world.clock.advance(dueMs - world.clock.now());
      expect(await sweep()).toMatchObject({ examined: 1, failures: [], expired: 0 });
    }
    expect(waits.slice(0, 9)).toEqual([60, 60, 60, 60, 60, 60, 60, 60, 60]);
    expect(waits.at(12)).toBeGreaterThan(60);
    expect(waits.at(-1)).toBe(900);
  });

  test('it expires only when its reference has ended, and a late confirm is UPLOAD_EXPIRED', async () => {
    const ticket = await world.ask();
    const { expiresAt } = await world.record(ticket.videoId);
    const ticketSeconds = (Date.parse(expiresAt) - world.clock.now()) / 1000;
    expect(await world.sweepLater(ticketSeconds + 23 * HOUR)).toMatchObject({ expired: 0 });
    expect(await world.record(ticket.videoId)).toMatchObject({ status: 'pending' });
    expect(await world.sweepLater(2 * HOUR)).toMatchObject({ expired: 1 });
    expect(await world.record(ticket.videoId)).toMatchObject({ status: 'expired', ticket: null, dueAt: null });
    expect(await codeOf(world.service.confirmUpload(ada, ticket.videoId))).toBe('UPLOAD_EXPIRED');
    expect(await world.history(ticket.videoId)).toEqual(['upload.requested', 'upload.expired']);
  });

  test('a video that was confirmed at the storage is adopted at the end, not expired', async () => {
    const id = await world.upload();
    const { uploadReference } = await world.record(id);
    await world.storage.confirmUpload(uploadReference ?? '', { userId: 'ada' });
    world.storage.provider.settle();
    expect(await world.sweepLater(50 * HOUR)).toMatchObject({ adopted: 1, expired: 0 });
    expect(await world.record(id)).toMatchObject({ status: 'ready' });
  });

  test('T-K2: an outage expires nothing, however old the upload is; it is tried again', async () => {
    const { videoId } = await world.ask();
    const down = () => Promise.reject(new BackendError('BACKEND_BAD_RESPONSE', 'a page of a proxy'));
    for (const name of ['confirmUpload', 'abortUpload', 'videoExists'] as const) {
      const spy = vi.spyOn(world.storage, name).mockImplementation(down);
      expect(await world.sweepLater(60 * HOUR)).toMatchObject({
        ...{ expired: 0, failures: [{ id: videoId, code: 'BACKEND_BAD_RESPONSE' }] },
      });
      expect(await world.record(videoId)).toMatchObject({ status: 'pending' });
      spy.mockRestore();
    }
    expect(await world.sweepLater(HOUR)).toMatchObject({ expired: 1, failures: [] });
  });

  test('a reference that the storage does not know is pending until its end: its secret may have been removed by mistake', async () => {
    const id = await world.upload();
    const confirm = vi.spyOn(world.storage, 'confirmUpload').mockRejectedValueOnce(new VideoNotFoundError());
    expect(await world.sweepLater(60)).toMatchObject({ failures: [{ id, code: 'VIDEO_NOT_FOUND' }], expired: 0 });
    confirm.mockRestore();
    expect(await world.sweepLater(60)).toMatchObject({ adopted: 1 });
  });

  test('a reference that the storage never knows ends 25 hours after its ticket, although nothing can be aborted by it', async () => {
    const { videoId } = await world.ask();
    const unknown = () => Promise.reject(new VideoNotFoundError());
    vi.spyOn(world.storage, 'confirmUpload').mockImplementation(unknown);
    const abort = vi.spyOn(world.storage, 'abortUpload').mockImplementation(unknown);
    const { expiresAt } = await world.record(videoId);
    world.clock.advance(Date.parse(expiresAt) + 25 * HOUR * 1000 - world.clock.now());
    expect(await sweep()).toMatchObject({ expired: 0, failures: [{ id: videoId, code: 'VIDEO_NOT_FOUND' }] });
    expect(await world.sweepLater(HOUR)).toMatchObject({ expired: 1, failures: [] });
    expect(abort).toHaveBeenCalledTimes(1);
  });

  test('T-K3: two processes share the work: each record is examined once', async () => {
    for (let index = 0; index < 40; index += 1) await world.upload();
    const confirm = vi.spyOn(world.storage, 'confirmUpload');
    world.clock.advance(60_000);
    const reports = await Promise.all([sweep(), world.node().sweep({ storages: false })]);
    expect(reports.reduce((sum, { adopted }) => sum + adopted, 0)).toBe(40);
    expect(confirm).toHaveBeenCalledTimes(40);
  });

  test('what a crashed process held is examined by another when its lease ends', async () => {
    await world.upload();
    world.clock.advance(60_000);
    await world.records.lease(10, 300);
    expect(await sweep()).toMatchObject({ examined: 0 });
    expect(await world.sweepLater(300)).toMatchObject({ adopted: 1 });
  });

  test('T-K4: a run examines no more than its limit, and says that there is more', async () => {
    for (let index = 0; index < 5; index += 1) await world.upload();
    world.clock.advance(60_000);
    expect(await sweep({ limit: 3 })).toMatchObject({ examined: 3, more: true });
    expect(await sweep({ limit: 3 })).toMatchObject({ examined: 2, more: false });
  });

  test('more than one lease of records is examined in one run', async () => {
    for (let index = 0; index < 230; index += 1) await world.ask();
    world.clock.advance(60_000);
    expect(await sweep({ limit: 10_000 })).toMatchObject({ examined: 230, more: false });
  });

  test.each([0, 10_001, 1.5])('a limit of %d is refused', async (limit) => {
    expect(await codeOf(sweep({ limit }))).toBe('MISCONFIGURED');
  });

  test('a dry run counts what is due and changes nothing', async () => {
    const { videoId } = await world.ask();
    world.clock.advance(60 * HOUR * 1000);
    const before = await world.record(videoId);
    expect(await sweep({ dryRun: true })).toMatchObject({ examined: 1, expired: 1 });
    expect(await world.record(videoId)).toEqual(before);
    await world.ask();
    world.clock.advance(60_000);
    expect(await sweep({ dryRun: true, limit: 1 })).toMatchObject({ examined: 1, more: true });
    expect(await sweep({ dryRun: true, limit: 3 })).toMatchObject({ examined: 2, more: false });
  });

  test('the caller’s abort ends a run with its own reason', async () => {
    const reason = new Error('the host goes down');
    await world.upload();
    world.clock.advance(60_000);
    await expect(sweep({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });

  test('a transition whose process crashed before history and hook is completed, once each', async () => {
    const { videoId } = await world.readyVideo();
    const record = await world.record(videoId);
    const other = await world.ask();
    const id = other.videoId;
    await world.send(other);
    const { version } = await world.record(id);
    // As by a process that ended right after its compare-and-set.
    await world.records.update(id, version, {
      ...{ status: 'ready', uploadReference: null, ticket: null, uploadedAt: record.uploadedAt, dueInSeconds: 0 },
    });
    expect(await sweep()).toMatchObject({ notified: 1 });
    expect(await world.history(id)).toEqual(['upload.requested', 'upload.confirmed', 'video.ready']);
    expect(world.hookCalls.filter((call) => call.id === id)).toHaveLength(1);
    expect(await world.sweepLater(DAY)).toMatchObject({ examined: 0 });
  });

  test('a failing hook is called again by the sweep, with the same id and version, until it succeeds', async () => {
    world.hookError = new Error('the gradebook is down');
    const id = await world.upload();
    await world.service.confirmUpload(ada, id);
    world.storage.provider.settle();
    expect(await world.sweepLater(60)).toMatchObject({ failures: [{ id, code: 'INTERNAL' }] });
    expect(await world.sweepLater(60)).toMatchObject({ failures: [{ id, code: 'INTERNAL' }] });
    world.hookError = undefined;
    expect(await world.sweepLater(HOUR)).toMatchObject({ notified: 1, failures: [] });
    expect(new Set(world.hookCalls.map((call) => JSON.stringify(call))).size).toBe(1);
    expect(world.hookCalls).toHaveLength(3);
  });

  test('a hook that fails in a confirm is logged, and the browser’s answer is not lost', async () => {
    const id = await world.upload();
    world.hookError = new Error('the gradebook is down');
    const ready = vi.spyOn(world.storage, 'confirmUpload');
    ready.mockImplementationOnce(async (reference, options) => {
      ready.mockRestore();
      return { ...(await world.storage.confirmUpload(reference, options)), status: 'ready', playable: true };
    });
    expect(await world.service.confirmUpload(ada, id)).toMatchObject({ status: 'ready' });
    expect(world.log.filter(({ event }) => event === 'hook.failed')).toMatchObject([{ level: 'error', videoId: id }]);
  });
});

describe('retention', () => {
  const withRetention = (days: number | 'forever') => new ServiceWorld({ retainFor: () => days });

  test('begins the delete when the days are over, and not before; a dry run shows it', async () => {
    world = withRetention(30);
    const { videoId } = await world.readyVideo();
    expect(await world.sweepLater(30 * DAY - 120)).toMatchObject({ retentionEnded: 0 });
    world.clock.advance(120_000);
    expect(await sweep({ dryRun: true })).toMatchObject({ retentionEnded: 1, deleted: 0 });
    expect(await world.record(videoId)).toMatchObject({ status: 'ready' });
    const report = await sweep();
    expect(report).toMatchObject({ retentionEnded: 1, deleted: 1, bytesReleased: film.length });
    expect(await world.record(videoId)).toMatchObject({ status: 'deleted' });
    expect(world.hookCalls.at(-1)).toMatchObject({ hook: 'deleted' });
  });

  test('forever is forever', async () => {
    world = withRetention('forever');
    await world.readyVideo();
    expect(await world.sweepLater(3650 * DAY)).toMatchObject({ retentionEnded: 0 });
  });

  test.each([
    ['undefined', undefined],
    ['not a number', Number.NaN],
    ['-1', -1],
    ['a promise', Promise.resolve('forever')],
    ['"30"', '30'],
  ])('an answer that is %s deletes nothing, and is reported for its video', async (_, answer) => {
    world = new ServiceWorld({ retainFor: () => answer as number });
    const { videoId } = await world.readyVideo();
    expect(await world.sweepLater(3650 * DAY)).toMatchObject({
      ...{ retentionEnded: 0, failures: [{ id: videoId, code: 'MISCONFIGURED' }] },
    });
    expect(await world.record(videoId)).toMatchObject({ status: 'ready' });
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

  test('counts from the upload, not from the request, and stands in history', async () => {
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

  test('a limit that ends the round says that there is more', async () => {
    world = withRetention('forever');
    for (let index = 0; index < 3; index += 1) await world.readyVideo();
    expect(await sweep({ limit: 2 })).toMatchObject({ more: true });
    expect(await sweep({ limit: 2 })).toMatchObject({ more: false });
  });

  test('goes round all videos, a limit at a time', async () => {
    world = new ServiceWorld({ retainFor: ({ contextId }) => (contextId === 'old' ? 1 : 'forever') });
    for (const contextId of ['new', 'new', 'old', 'new', 'old']) await world.readyVideo(ada, { contextId });
    world.clock.advance(2 * DAY * 1000);
    const ended: number[] = [];
    for (let run = 0; run < 3; run += 1) ended.push((await sweep({ limit: 2 })).retentionEnded);
    expect(ended.reduce((sum, count) => sum + count)).toBe(2);
  });
});

describe('storages', () => {
  test('a video without a record is counted, and deleted only on request, at the second sighting a day later', async () => {
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
    expect(await world.service.sweep({ ...all, dryRun: true })).toMatchObject({ orphansFound: 1, orphansDeleted: 0 });
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

  test('T-K2: a listing that is empty or fails deletes nothing', async () => {
    const { videoId } = await world.readyVideo();
    const list = vi.spyOn(world.storage, 'listVideos').mockResolvedValueOnce({ videos: [] });
    await world.service.sweep({ deleteOrphans: true });
    list.mockRejectedValueOnce(new BackendError('BACKEND_BAD_RESPONSE', 'a page of a proxy'));
    expect(await world.service.sweep()).toMatchObject({ failures: [{ id: 'memory', code: 'BACKEND_BAD_RESPONSE' }] });
    expect(await world.service.getVideo(teacher, videoId)).toMatchObject({ status: 'ready' });
    expect(await world.storage.videoExists((await world.record(videoId)).videoId ?? '')).toBe(true);
  });

  test('listings go on where the limit ended them', async () => {
    for (let index = 0; index < 5; index += 1) await world.readyVideo();
    const list = vi.spyOn(world.storage, 'listVideos');
    await world.service.sweep({ limit: 2 });
    await world.service.sweep({ limit: 2 });
    await world.service.sweep({ limit: 2 });
    const pages = await Promise.all(list.mock.results.map(({ value }) => value));
    const seen = pages.flatMap((page: { videos: { videoId: string }[] }) => page.videos.map((video) => video.videoId));
    expect(new Set(seen.slice(0, 5)).size).toBe(5);
  });

  test('the storage’s own sweep runs with the limit, and its counts are in the report', async () => {
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

  test('a finished run is logged with its counts', async () => {
    await sweep();
    const record = world.log.at(-1);
    expect(record).toMatchObject({ event: 'sweep.finished', level: 'info' });
    expect(JSON.parse(record?.message ?? '')).toMatchObject({ examined: 0, orphansFound: 0 });
  });
});
