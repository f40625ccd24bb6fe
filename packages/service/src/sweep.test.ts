import { BackendError, ContentUnverifiableError, StoreUnavailableError, VideoNotFoundError } from '@videostorage/core';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { codeOf } from '../test-support/code-of.ts';
import { ada, bob, film, ServiceWorld, teacher } from '../test-support/service-world.ts';

let world: ServiceWorld;
beforeEach(() => {
  world = new ServiceWorld();
});

const HOUR = 3600;
const DAY = 24 * HOUR;
const sweep = (options = {}) => world.service.sweep({ storages: false, ...options });

describe('records', () => {
  test('after a closed tab nothing is lost: an upload that arrived is confirmed within minutes, and its hook runs', async () => {
    const id = await world.upload();
    expect(await sweep()).toMatchObject({ examined: 0 });
    expect(await world.sweepLater(60)).toMatchObject({ examined: 1, adopted: 1, notified: 0 });
    world.storage.provider.settle();
    expect(await world.sweepLater(60)).toMatchObject({ examined: 1, reconciled: 1, notified: 0 });
    expect(await world.record(id)).toMatchObject({ status: 'ready', dueAt: null });
    expect(world.hookCalls).toMatchObject([{ hook: 'ready', id }]);
    expect(await world.sweepLater(DAY)).toMatchObject({ examined: 0 });
  });

  test('a pending upload is examined after an eighth of its age, between 1 and 15 minutes', async () => {
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

  test('a video that is processed is examined after a minute, then after its age, at most an hour', async () => {
    const id = await world.upload();
    await world.service.confirmUpload(ada, id);
    const waits: number[] = [];
    for (let look = 0; look < 9; look += 1) {
      const waitMs = Date.parse((await world.record(id)).dueAt ?? '') - world.clock.now();
      waits.push(waitMs / 1000);
      world.clock.advance(waitMs);
      expect(await sweep()).toMatchObject({ examined: 1, reconciled: 0, failures: [] });
    }
    expect(waits).toEqual([60, 60, 120, 240, 480, 960, 1920, 3600, 3600]);
  });

  test('content that contradicts its request is refused by the sweep as by a confirm: a result, not a failure of the run', async () => {
    const { videoId: id } = await world.ask();
    world.storage.provider.receive((await world.record(id)).videoId ?? '', film, 'video/webm');
    expect(await world.sweepLater(60)).toMatchObject({ examined: 1, reconciled: 1, failures: [] });
    expect(await world.record(id)).toMatchObject({ status: 'failed', errorCode: 'TYPE_MISMATCH', dueAt: null });
    expect(world.hookCalls).toMatchObject([{ hook: 'failed', id }]);
  });

  test('a hook that fails for a mismatch that the sweep found is called once in that run, and again in the next', async () => {
    const { videoId: id } = await world.ask();
    world.storage.provider.receive((await world.record(id)).videoId ?? '', film, 'video/webm');
    world.hookError = new Error('the gradebook is down');
    expect(await world.sweepLater(60)).toMatchObject({ reconciled: 1, failures: [{ id, code: 'INTERNAL' }] });
    expect(world.log.filter(({ event }) => event === 'request.failed')).toMatchObject([
      { level: 'warn', videoId: id, operation: 'sweep', code: 'INTERNAL', message: 'Error: the gradebook is down' },
    ]);
    expect(world.hookCalls).toHaveLength(1);
    world.hookError = undefined;
    expect(await world.sweepLater(60)).toMatchObject({ notified: 1, failures: [] });
    expect(world.hookCalls).toHaveLength(2);
    expect(world.hookCalls[0]).toEqual(world.hookCalls[1]);
  });

  test('an abort that an outage interrupted is completed by the sweep; it frees no bytes of a video', async () => {
    const { videoId: id } = await world.ask();
    vi.spyOn(world.storage, 'abortUpload').mockRejectedValueOnce(new BackendError('BACKEND_UNAVAILABLE', 'down'));
    await world.service.abortUpload(ada, id);
    expect(await world.record(id)).toMatchObject({ status: 'deleting' });
    expect(await world.sweepLater(30)).toMatchObject({ deleted: 1, bytesReleased: 0, failures: [] });
    expect(world.hookCalls).toEqual([]);
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

  test('an upload whose reference the storage does not recognise stays pending until it expires: the secret may have been removed by mistake', async () => {
    const id = await world.upload();
    const confirm = vi.spyOn(world.storage, 'confirmUpload').mockRejectedValueOnce(new VideoNotFoundError());
    expect(await world.sweepLater(60)).toMatchObject({ failures: [{ id, code: 'VIDEO_NOT_FOUND' }], expired: 0 });
    confirm.mockRestore();
    expect(await world.sweepLater(60)).toMatchObject({ adopted: 1 });
  });

  test('an upload whose reference is never recognised expires 25 hours after its ticket, although it cannot be aborted at the storage', async () => {
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

  test('the records of a crashed process are examined by another when their lease ends', async () => {
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

  test('a dry run counts the due records and changes nothing', async () => {
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

  test('a dry run predicts that an upload whose creation crashed is discarded only when a run would discard it', async () => {
    vi.spyOn(world.storage, 'getUploadUrl').mockReturnValueOnce(new Promise(() => {}));
    void world.ask();
    await vi.waitFor(async () => expect((await world.records.list({ limit: 2 })).records).toHaveLength(1));
    world.clock.advance(15 * 60_000 - 1);
    expect(await sweep({ dryRun: true })).toMatchObject({ examined: 1, expired: 0 });
    world.clock.advance(1);
    expect(await sweep({ dryRun: true })).toMatchObject({ examined: 1, expired: 1 });
    expect(await sweep()).toMatchObject({ examined: 1, expired: 1 });
  });

  test('a dry run predicts what a run would do with each due record, and counts each once', async () => {
    const ids = [await world.upload(), await world.upload()];
    for (const id of ids) await world.service.confirmUpload(ada, id);
    expect(await sweep({ dryRun: true })).toMatchObject({ examined: 0 });
    world.clock.advance(60_000);
    expect(await sweep({ dryRun: true })).toMatchObject({ examined: 2, reconciled: 2, deleted: 0, notified: 0 });
    world.hookError = new Error('the gradebook is down');
    world.storage.provider.settle();
    await sweep();
    world.clock.advance(60_000);
    expect(await sweep({ dryRun: true })).toMatchObject({ examined: 2, reconciled: 0, deleted: 0, notified: 2 });
    world.hookError = undefined;
    await sweep();
    const { version } = await world.record(ids[0] ?? '');
    await world.records.schedule(ids[0] ?? '', version, { dueInSeconds: 0 });
    expect(await sweep({ dryRun: true })).toMatchObject({ examined: 1, reconciled: 0, deleted: 0, notified: 0 });
    vi.spyOn(world.storage, 'deleteVideo').mockResolvedValueOnce({ purged: false });
    await world.service.deleteVideo(teacher, ids[0] ?? '');
    world.clock.advance(60_000);
    expect(await sweep({ dryRun: true })).toMatchObject({ examined: 1, reconciled: 0, deleted: 1, notified: 0 });
  });

  test('a dry run predicts that an upload expires only after 25 hours from its ticket have passed', async () => {
    const { expiresAt } = await world.ask();
    world.clock.advance(20 * 60_000);
    expect(await sweep({ dryRun: true })).toMatchObject({ examined: 1, expired: 0 });
    world.clock.advance(Date.parse(expiresAt) + 25 * HOUR * 1000 - world.clock.now());
    expect(await sweep({ dryRun: true })).toMatchObject({ examined: 1, expired: 0 });
    world.clock.advance(1);
    expect(await sweep({ dryRun: true })).toMatchObject({ examined: 1, expired: 1 });
  });

  test('records for more than one lease are examined once in a dry run, and no more are leased than the limit', async () => {
    for (let index = 0; index < 101; index += 1) await world.ask();
    world.clock.advance(60_000);
    expect(await sweep({ dryRun: true, limit: 101 })).toMatchObject({ examined: 101, more: true });
    // A dry run examines one page of the maximum length.
    const page = (await world.records.due(1)).flatMap((one) => Array.from({ length: 1000 }, () => one));
    const due = vi.spyOn(world.records, 'due').mockResolvedValueOnce(page);
    expect(await sweep({ dryRun: true, limit: 10_000 })).toMatchObject({ examined: 1000, more: true });
    expect(due.mock.calls).toEqual([[1000]]);
    const lease = vi.spyOn(world.records, 'lease');
    expect(await sweep({ limit: 100 })).toMatchObject({ examined: 100, more: true });
    expect(lease.mock.calls.map(([count]) => count)).toEqual([100]);
  });

  test.each([
    [new Error('the database is down'), 'INTERNAL'],
    [new StoreUnavailableError(), 'STORE_UNAVAILABLE'],
  ])('a record whose next examination cannot be planned because of %s is reported as %s', async (error, code) => {
    const { videoId: id } = await world.ask();
    vi.spyOn(world.records, 'schedule').mockRejectedValueOnce(error);
    expect(await world.sweepLater(60)).toMatchObject({ examined: 1, failures: [{ id, code }] });
  });

  test('the caller’s abort ends a run with its own reason', async () => {
    const reason = new Error('the host app stops');
    await world.upload();
    world.clock.advance(60_000);
    await expect(sweep({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });

  test('after an abort in the middle of a run no further record begins, and an abort that a storage rethrows is not a failure', async () => {
    for (let index = 0; index < 20; index += 1) await world.upload();
    world.clock.advance(60_000);
    const [hostApp, reason] = [new AbortController(), new Error('the host app stops')];
    const confirm = vi.spyOn(world.storage, 'confirmUpload').mockImplementation(async () => {
      hostApp.abort(reason);
      throw new BackendError('BACKEND_UNAVAILABLE', 'down');
    });
    await expect(sweep({ signal: hostApp.signal })).rejects.toBe(reason);
    expect(confirm).toHaveBeenCalledTimes(8);
    world.clock.advance(300_000);
    const [other, own] = [new AbortController(), new Error('the host app stops again')];
    confirm.mockImplementation(async () => {
      other.abort(own);
      throw own;
    });
    await expect(sweep({ limit: 1, signal: other.signal })).rejects.toBe(own);
  });

  test('an entry that a crash omitted is written while the provider still processes, not only at the end', async () => {
    const id = await world.upload();
    vi.spyOn(world.events, 'append').mockRejectedValueOnce(new Error('the process ends here'));
    await world.service.confirmUpload(ada, id);
    expect(await world.history(id)).toEqual(['upload.requested']);
    await world.sweepLater(60);
    expect(await world.record(id)).toMatchObject({ status: 'processing' });
    expect(await world.history(id)).toEqual(['upload.requested', 'upload.confirmed']);
  });

  test('a transition whose process crashed before history and hook is completed, once each', async () => {
    const { videoId } = await world.readyVideo();
    const record = await world.record(videoId);
    const other = await world.ask();
    const id = other.videoId;
    await world.send(other);
    const { version } = await world.record(id);
    // As if a process had ended right after its compare-and-set.
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

  test('a hook that never ends delays no other record and no later sweep, and is called again', async () => {
    const hung = vi.fn(() => new Promise<void>(() => {}));
    const service = world.node({ hooks: { onVideoReady: hung } });
    const id = await world.upload();
    await service.confirmUpload(ada, id);
    world.storage.provider.settle();
    const arrived = await world.upload(bob);
    world.clock.advance(60_000);
    const swept = service.sweep({ storages: false });
    await vi.waitFor(() => expect(hung).toHaveBeenCalledTimes(1));
    world.clock.advance(239_999);
    expect(world.clock.sleeping).toBe(1);
    world.clock.advance(1);
    expect(await swept).toMatchObject({ reconciled: 1, adopted: 1, failures: [{ id, code: 'INTERNAL' }] });
    expect(await world.record(arrived)).toMatchObject({ status: 'processing' });
    expect(world.log.findLast(({ event }) => event === 'request.failed')).toMatchObject({
      message: 'Error: The hook for a video with status ready did not end within 4 minutes.',
    });
    hung.mockResolvedValueOnce(undefined);
    world.clock.advance(60_000);
    expect(await service.sweep({ storages: false })).toMatchObject({ notified: 1, failures: [] });
    expect([hung.mock.calls.length, world.clock.sleeping]).toEqual([2, 0]);
  });

  test('an aborted run ends once all its examinations have ended', async () => {
    for (const actor of [ada, bob]) await world.upload(actor);
    world.clock.advance(60_000);
    const [stopping, reason] = [new AbortController(), new Error('the process ends')];
    let finish = () => {};
    const confirm = vi.spyOn(world.storage, 'confirmUpload').mockImplementationOnce(
      () =>
        new Promise((_, reject) => {
          finish = () => reject(new BackendError('BACKEND_UNAVAILABLE', 'down'));
        }),
    );
    confirm.mockImplementationOnce(async (_, { signal }) =>
      world.clock.sleep(3_600_000, signal).then(() => expect.fail()),
    );
    let ended = false;
    const run = sweep({ signal: stopping.signal }).finally(() => {
      ended = true;
    });
    const failed = expect(run).rejects.toBe(reason);
    await vi.waitFor(() => expect(confirm).toHaveBeenCalledTimes(2));
    stopping.abort(reason);
    await new Promise((resolve) => setImmediate(resolve));
    expect(ended).toBe(false);
    finish();
    await failed;
    expect(world.log.findLast(({ event }) => event === 'request.failed')).toMatchObject({
      code: 'BACKEND_UNAVAILABLE',
    });
  });

  test('an `acceptUnverified` that never ends delays no other record', async () => {
    const asked = vi.fn(() => new Promise<boolean>(() => {}));
    const service = world.node({ acceptUnverified: asked });
    const id = await world.upload();
    vi.spyOn(world.storage, 'confirmUpload').mockRejectedValueOnce(new ContentUnverifiableError());
    world.clock.advance(60_000);
    const swept = service.sweep({ storages: false });
    await vi.waitFor(() => expect(asked).toHaveBeenCalledTimes(1));
    world.clock.advance(240_000);
    expect(await swept).toMatchObject({ failures: [{ id, code: 'INTERNAL' }] });
    const message = 'Error: `acceptUnverified` did not end within 4 minutes.';
    expect(world.log).toContainEqual(expect.objectContaining({ event: 'request.failed', message }));
    expect(await world.record(id)).toMatchObject({ status: 'pending', errorCode: null });
  });

  test('a hook that fails in a confirm is logged, and the browser still gets its answer', async () => {
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
