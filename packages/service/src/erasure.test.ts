import { BackendError, StoreUnavailableError } from '@videostorage/core';
import { MemoryStorage } from '@videostorage/testing';
import { beforeEach, expect, test, vi } from 'vitest';
import { beforeNextUpdate } from '../test-support/before-next-update.ts';
import { ada, bob, ServiceWorld, teacher } from '../test-support/service-world.ts';

let world: ServiceWorld;
beforeEach(() => {
  world = new ServiceWorld();
});

const everything = async () =>
  JSON.stringify([await world.records.list({ limit: 1000 }), await world.events.list({ limit: 1000 })]);

test('deletes everything that a person uploaded, blanks what names them, and keeps every chain valid', async () => {
  const ready = await world.readyVideo(ada, { custom: { title: 'about Ada' } });
  const pending = await world.ask();
  const deletedBefore = await world.readyVideo();
  await world.service.deleteVideo(teacher, deletedBefore.videoId);
  const others = await world.readyVideo(bob);
  await world.service.getPlaybackUrl(ada, ready.videoId);

  const receipt = await world.service.eraseUser('ada');
  expect(receipt).toMatchObject({ videosDeleted: 3, videosRetained: 0, videosPending: 0, failures: [] });
  expect(receipt.entriesErased).toBeGreaterThan(0);

  const left = await everything();
  for (const word of ['ada', 'about Ada']) expect(left).not.toContain(`"${word}"`);
  for (const id of [ready.videoId, pending.videoId, deletedBefore.videoId]) {
    const record = await world.record(id);
    expect(record).toMatchObject({ status: 'deleted', userId: '', idempotencyKey: null, submissionId: null });
    expect(await world.storage.videoExists(record.videoId ?? '')).toBe(false);
    expect(await world.events.verify(id)).toBeUndefined();
  }
  expect(await world.record(ready.videoId)).toMatchObject({ fileName: '', custom: {} });
  expect(await world.service.getVideo(teacher, others.videoId)).toMatchObject({ userId: 'bob', status: 'ready' });
});

test('T-E9: finds what a person uploaded under an id in another Unicode form', async () => {
  const { videoId } = await world.readyVideo({ userId: 'Zo\u00eb', roles: ['student'] });
  expect(await world.service.eraseUser('Zoe\u0308')).toMatchObject({ videosDeleted: 1, entriesErased: 3 });
  expect(await world.record(videoId)).toMatchObject({ status: 'deleted', userId: '' });
});

test.each([undefined, null, '', 7, 'a'.repeat(129), 'a\u0000'])(
  'an invalid user id erases nothing: %j',
  async (userId) => {
    const { videoId } = await world.readyVideo();
    const { service } = world;
    await expect(Reflect.apply(service.eraseUser, service, [userId])).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
      problems: [{ path: 'userId', code: 'ID_INVALID', message: expect.stringMatching(/1 to 128 bytes\.$/) }],
    });
    expect(await world.record(videoId)).toMatchObject({ status: 'ready', userId: 'ada' });
    expect((await world.events.list({ events: ['person.erased'], limit: 1 })).entries).toEqual([]);
  },
);

test('writes an entry of the erasure to the log, without the person', async () => {
  await world.readyVideo();
  const { receiptId } = await world.service.eraseUser('ada', { requestId: 'request-7' });
  const { entries } = await world.events.list({ events: ['person.erased'], limit: 10 });
  expect(entries).toMatchObject([{ id: receiptId, userId: null, outcome: 'ok' }]);
  const logged = world.log.filter(({ event }) => event === 'person.erased');
  expect(logged).toEqual([
    {
      ...{ at: expect.any(String), level: 'info', event: 'person.erased', message: expect.any(String) },
      requestId: 'request-7',
    },
  ]);
  expect(JSON.parse(logged[0]?.message ?? '')).toMatchObject({ videosDeleted: 1, videosPending: 0, failures: 0 });
});

test('after an outage videos stay pending; the sweep deletes and blanks them, and a second call reports it', async () => {
  const { videoId } = await world.readyVideo();
  const down = vi
    .spyOn(world.storage, 'deleteVideo')
    .mockRejectedValue(new BackendError('BACKEND_UNAVAILABLE', 'down'));
  expect(await world.service.eraseUser('ada')).toMatchObject({ videosDeleted: 0, videosPending: 1 });
  expect(await world.record(videoId)).toMatchObject({ status: 'deleting', fileName: '', erasing: true });
  expect((await world.history(videoId)).at(-1)).toBe('video.delete_requested');
  down.mockRestore();
  await world.sweepLater(60);
  expect(await world.record(videoId)).toMatchObject({ status: 'deleted', userId: '' });
  expect(await world.service.eraseUser('ada')).toMatchObject({ videosDeleted: 0, videosPending: 0 });
  expect(await everything()).not.toContain('"ada"');
});

test('a delete is counted only when the storage reports afterwards that the video is gone', async () => {
  await world.readyVideo();
  vi.spyOn(world.storage, 'videoExists').mockResolvedValueOnce(true);
  expect(await world.service.eraseUser('ada')).toMatchObject({ videosDeleted: 0, videosPending: 1 });
});

test('a delete that the sweep completes is verified at the storage too, before the person is blanked', async () => {
  const { videoId } = await world.readyVideo();
  const down = vi
    .spyOn(world.storage, 'deleteVideo')
    .mockRejectedValueOnce(new BackendError('BACKEND_UNAVAILABLE', 'down'));
  await world.service.eraseUser('ada');
  const there = vi.spyOn(world.storage, 'videoExists').mockResolvedValueOnce(true);
  expect(await world.sweepLater(60)).toMatchObject({ examined: 1, deleted: 0, failures: [] });
  expect(await world.record(videoId)).toMatchObject({ status: 'deleting', userId: 'ada' });
  expect(await world.sweepLater(60)).toMatchObject({ deleted: 1 });
  expect(await world.record(videoId)).toMatchObject({ status: 'deleted', userId: '' });
  expect([down.mock.calls.length, there.mock.calls.length]).toEqual([3, 2]);
});

test.each([
  ['a sweep', async () => expect(await world.sweepLater(60)).toMatchObject({ examined: 1, deleted: 0, failures: [] })],
  ['a user', async (id: string) => expect(await world.service.deleteVideo(teacher, id)).toEqual({ purged: false })],
])('a delete completed by %s is verified too, when the person was marked while it ran', async (_name, remove) => {
  const { videoId } = await world.readyVideo();
  const deleting = vi.spyOn(world.storage, 'deleteVideo').mockResolvedValueOnce({ purged: false });
  await world.service.deleteVideo(teacher, videoId);
  deleting.mockImplementationOnce(async () => {
    deleting.mockResolvedValueOnce({ purged: false });
    expect(await world.service.eraseUser('ada')).toMatchObject({ videosPending: 1, failures: [] });
    return { purged: true };
  });
  const there = vi.spyOn(world.storage, 'videoExists').mockResolvedValueOnce(true);
  await remove(videoId);
  expect(await world.record(videoId)).toMatchObject({ status: 'deleting', erasing: true, userId: 'ada' });
  expect(await world.sweepLater(60)).toMatchObject({ deleted: 1 });
  expect(await world.record(videoId)).toMatchObject({ status: 'deleted', userId: '' });
  expect([deleting.mock.calls.length, there.mock.calls.length]).toEqual([5, 2]);
});

test('when another change is faster than the mark, the delete is still verified before the person is blanked', async () => {
  const { videoId } = await world.readyVideo();
  const slow = vi.spyOn(world.storage, 'deleteVideo').mockResolvedValueOnce({ purged: false });
  await world.service.deleteVideo(teacher, videoId);
  const { version } = await world.record(videoId);
  beforeNextUpdate(world.records, () => world.records.update(videoId, version, { durationSeconds: 3 }));
  const there = vi.spyOn(world.storage, 'videoExists').mockResolvedValueOnce(true);
  expect(await world.service.eraseUser('ada')).toMatchObject({ videosDeleted: 0, videosPending: 1, failures: [] });
  expect(await world.record(videoId)).toMatchObject({ status: 'deleted', userId: 'ada' });
  expect(await world.service.eraseUser('ada')).toMatchObject({ videosDeleted: 1, videosPending: 0 });
  expect(await world.record(videoId)).toMatchObject({ status: 'deleted', userId: '', erasing: true });
  expect([slow.mock.calls.length, there.mock.calls.length]).toEqual([2, 2]);
});

test('each deleted video is queried once afterwards', async () => {
  const { videoId } = await world.readyVideo();
  const there = vi.spyOn(world.storage, 'videoExists');
  expect(await world.service.eraseUser('ada')).toMatchObject({ videosDeleted: 1 });
  expect(there.mock.calls.map(([id]) => id)).toEqual([(await world.record(videoId)).videoId]);
});

test('processes more than one page, each upload once, even when none can be deleted', async () => {
  for (let index = 0; index < 105; index += 1) await world.ask();
  const down = vi
    .spyOn(world.storage, 'abortUpload')
    .mockRejectedValue(new BackendError('BACKEND_UNAVAILABLE', 'down'));
  const { videosPending, failures } = await world.service.eraseUser('ada');
  expect([videosPending, new Set(failures.map(({ id }) => id)).size]).toEqual([105, 105]);
  down.mockRestore();
  expect(await world.service.eraseUser('ada')).toMatchObject({ videosDeleted: 105 });
});

test('a video that is hidden and not yet purged is pending, and names its person until it is purged', async () => {
  const { videoId } = await world.readyVideo();
  const slow = vi.spyOn(world.storage, 'deleteVideo').mockResolvedValue({ purged: false });
  vi.spyOn(world.storage, 'videoExists').mockResolvedValue(false);
  expect(await world.service.eraseUser('ada')).toMatchObject({ videosDeleted: 0, videosPending: 1, failures: [] });
  expect(await world.record(videoId)).toMatchObject({ status: 'deleting', userId: 'ada' });
  slow.mockRestore();
  expect(await world.service.eraseUser('ada')).toMatchObject({ videosDeleted: 1, videosPending: 0 });
});

test('a video whose storage is no longer injected is pending, with the reason; the others are deleted', async () => {
  const other = Object.defineProperty(
    new MemoryStorage({ clock: world.clock, referenceSecrets: ['x'.repeat(40)] }),
    'backendName',
    {
      value: 'other',
    },
  );
  const storages: [MemoryStorage, MemoryStorage] = [other, world.storage];
  const { videoId } = await world.node({ storages }).getUploadUrl(ada, world.request());
  const kept = await world.readyVideo();
  expect(await world.service.eraseUser('ada')).toMatchObject({
    ...{ videosDeleted: 1, videosPending: 1, failures: [{ id: videoId, code: 'MISCONFIGURED' }] },
  });
  expect(await world.record(kept.videoId)).toMatchObject({ status: 'deleted', userId: '' });
  expect(await world.record(videoId)).toMatchObject({ status: 'deleting', fileName: '', erasing: true });
  expect(await world.node({ storages }).eraseUser('ada')).toMatchObject({ videosDeleted: 1, failures: [] });
});

test('an error from outside the library stops only one delete, and is logged', async () => {
  const [first, second] = [await world.readyVideo(), await world.readyVideo()];
  vi.spyOn(world.storage, 'deleteVideo').mockRejectedValueOnce(new TypeError('of an SDK'));
  expect(await world.service.eraseUser('ada', { requestId: 'request-7' })).toMatchObject({
    ...{ videosDeleted: 1, videosPending: 1, failures: [{ id: first.videoId, code: 'INTERNAL' }] },
  });
  expect(await world.record(second.videoId)).toMatchObject({ status: 'deleted', userId: '' });
  expect(world.log.filter(({ event }) => event === 'request.failed')).toMatchObject([
    {
      ...{ level: 'warn', videoId: first.videoId, operation: 'eraseUser', requestId: 'request-7' },
      message: 'TypeError: of an SDK',
    },
  ]);
});

test('the caller’s abort in the middle of a delete ends the erasure with the abort reason', async () => {
  await world.readyVideo();
  const stopping = new AbortController();
  const reason = new Error('the host app stops');
  vi.spyOn(world.storage, 'deleteVideo').mockImplementationOnce(async () => {
    stopping.abort(reason);
    throw reason;
  });
  await expect(world.service.eraseUser('ada', { signal: stopping.signal })).rejects.toBe(reason);
});

test('an error of the storage while the caller aborts is reported for that delete', async () => {
  const { videoId: id } = await world.readyVideo();
  const stopping = new AbortController();
  vi.spyOn(world.storage, 'deleteVideo').mockImplementationOnce(async () => {
    stopping.abort(new Error('the host app stops'));
    throw new BackendError('BACKEND_UNAVAILABLE', 'down');
  });
  const receipt = await world.service.eraseUser('ada', { signal: stopping.signal });
  expect(receipt).toMatchObject({ videosPending: 1, failures: [{ id, code: 'BACKEND_UNAVAILABLE' }] });
});

test('a video that the storage still has although its record is deleted is pending', async () => {
  const { videoId } = await world.readyVideo();
  await world.service.deleteVideo(teacher, videoId);
  const there = vi.spyOn(world.storage, 'videoExists').mockResolvedValueOnce(true);
  expect(await world.service.eraseUser('ada')).toMatchObject({ videosDeleted: 0, videosPending: 1, failures: [] });
  expect(await world.service.eraseUser('ada')).toMatchObject({ videosDeleted: 1, videosPending: 0 });
  expect(there).toHaveBeenCalledTimes(2);
});

test('the host app’s hook runs for each video that is erased, without the person', async () => {
  const { videoId } = await world.readyVideo();
  await world.service.eraseUser('ada');
  expect(world.hookCalls.at(-1)).toMatchObject({ hook: 'deleted', id: videoId });
  expect(await world.record(videoId)).toMatchObject({ dueAt: null, notifiedAt: expect.any(String) });
});

test('missing history that is written after the person was erased names nobody', async () => {
  const append = world.events.append.bind(world.events);
  let isDown = true;
  vi.spyOn(world.events, 'append').mockImplementation(async (entry) => {
    if (isDown && entry.event !== 'person.erased') throw new StoreUnavailableError();
    return append(entry);
  });
  const { videoId } = await world.readyVideo();
  const slow = vi.spyOn(world.storage, 'deleteVideo').mockResolvedValue({ purged: false });
  expect(await world.service.eraseUser('ada')).toMatchObject({ videosPending: 1, failures: [{ id: videoId }] });
  isDown = false;
  await world.sweepLater(60);
  slow.mockRestore();
  await world.sweepLater(60);
  const events = ['upload.requested', 'upload.confirmed', 'video.delete_requested', 'video.deleted'];
  expect(await world.history(videoId)).toEqual(events);
  expect(await everything()).not.toContain('"ada"');
});

test('the caller’s abort ends the erasure with the abort reason, before anything is deleted', async () => {
  const { videoId } = await world.readyVideo();
  const reason = new Error('the host app stops');
  await expect(world.service.eraseUser('ada', { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  expect(await world.record(videoId)).toMatchObject({ status: 'ready', userId: 'ada' });
});
