import { BackendError } from '@videostorage/core';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { codeOf } from '../test-support/code-of.ts';
import { ada, film, ServiceWorld, teacher } from '../test-support/service-world.ts';

let world: ServiceWorld;
beforeEach(() => {
  world = new ServiceWorld();
});

describe('delete', () => {
  test('an outage defers it: no grant is issued from then on, and the sweep completes it', async () => {
    const { videoId } = await world.readyVideo();
    const stop = vi
      .spyOn(world.storage, 'deleteVideo')
      .mockRejectedValue(new BackendError('BACKEND_UNAVAILABLE', 'down'));
    expect(await world.service.deleteVideo(teacher, videoId)).toEqual({ purged: false });
    expect(await codeOf(world.service.getPlaybackUrl(teacher, videoId))).toBe('VIDEO_NOT_FOUND');
    expect(await world.sweepLater(10)).toMatchObject({ failures: [{ id: videoId, code: 'BACKEND_UNAVAILABLE' }] });
    stop.mockRestore();
    expect(await world.sweepLater(60)).toMatchObject({ deleted: 1, bytesReleased: film.length, failures: [] });
    expect(await world.record(videoId)).toMatchObject({ status: 'deleted' });
    expect(world.hookCalls.at(-1)).toMatchObject({ hook: 'deleted', id: videoId });
  });

  test('a sweep that runs while its history is written leaves it to the call, so that history names who requested it', async () => {
    const { videoId } = await world.readyVideo();
    const append = world.events.append.bind(world.events);
    vi.spyOn(world.events, 'append').mockImplementationOnce(async (entry) => {
      expect(await world.record(videoId)).toMatchObject({ status: 'deleting' });
      expect(await world.sweepLater(9)).toMatchObject({ examined: 0 });
      return append(entry);
    });
    expect(await world.service.deleteVideo(teacher, videoId)).toEqual({ purged: true });
    const { entries } = await world.events.list({ recordId: videoId, limit: 2 });
    expect(entries.map(({ event, userId, role }) => [event, userId, role])).toEqual([
      ['video.deleted', teacher.userId, teacher.roles[0]],
      ['video.delete_requested', teacher.userId, teacher.roles[0]],
    ]);
  });

  test('T-J2: its status is not `deleted` before the edge is purged', async () => {
    const { videoId } = await world.readyVideo();
    const purging = vi.spyOn(world.storage, 'deleteVideo').mockResolvedValue({ purged: false });
    expect(await world.service.deleteVideo(teacher, videoId)).toEqual({ purged: false });
    expect(await world.sweepLater(60)).toMatchObject({ deleted: 0 });
    expect(await world.record(videoId)).toMatchObject({ status: 'deleting', deletedAt: null });
    purging.mockRestore();
    expect(await world.service.deleteVideo(teacher, videoId)).toEqual({ purged: true });
    expect(await world.service.deleteVideo(teacher, videoId)).toEqual({ purged: true });
  });

  test('the result, the record and the hook’s record say that bytes may not be removed yet, each time', async () => {
    const { videoId } = await world.readyVideo();
    const remove = world.storage.deleteVideo.bind(world.storage);
    vi.spyOn(world.storage, 'deleteVideo').mockImplementation(async (...given) => ({
      ...(await remove(...given)),
      retained: true,
    }));
    expect(await world.service.deleteVideo(teacher, videoId)).toEqual({ purged: true, retained: true });
    expect(await world.service.deleteVideo(teacher, videoId)).toEqual({ purged: true, retained: true });
    expect(await world.record(videoId)).toMatchObject({ status: 'deleted', retained: true });
    const other = await world.readyVideo();
    vi.mocked(world.storage.deleteVideo).mockResolvedValueOnce({ purged: false });
    expect(await world.service.deleteVideo(teacher, other.videoId)).toEqual({ purged: false });
    // The sweep completes it; bytes that are still billed are not counted as released.
    expect(await world.sweepLater(60)).toMatchObject({ deleted: 1, bytesReleased: 0 });
    const third = await world.readyVideo();
    expect(third.videoId).not.toBe(other.videoId);
    expect(await world.service.eraseUser('ada')).toMatchObject({ videosDeleted: 3, videosRetained: 3 });
    vi.restoreAllMocks();
    expect(await world.service.deleteVideo(teacher, (await world.readyVideo()).videoId)).toEqual({ purged: true });
  });

  test('a refusal of the storage is thrown; the record is `deleting` nevertheless', async () => {
    const { videoId } = await world.readyVideo();
    vi.spyOn(world.storage, 'deleteVideo').mockRejectedValue(new BackendError('BACKEND_REFUSED', 'no rights'));
    expect(await codeOf(world.service.deleteVideo(teacher, videoId))).toBe('BACKEND_REFUSED');
    expect(await world.record(videoId)).toMatchObject({ status: 'deleting' });
  });

  test('an upload that was confirmed at the storage meanwhile is deleted there too', async () => {
    const id = await world.upload();
    const { uploadReference, videoId } = await world.record(id);
    await world.storage.confirmUpload(uploadReference ?? '', { userId: 'ada' });
    await world.service.abortUpload(ada, id);
    expect(await world.storage.videoExists(videoId ?? '')).toBe(false);
    expect(await world.record(id)).toMatchObject({ status: 'deleted' });
  });
});

test('no timer is left when the hook has ended', async () => {
  const { videoId } = await world.readyVideo();
  await world.service.deleteVideo(teacher, videoId);
  expect([world.hookCalls.at(-1)?.hook, world.clock.sleeping]).toEqual(['deleted', 0]);
});

test('a call waits ten seconds for a hook; the hook continues, and its end is recorded', async () => {
  let end = () => {};
  const hook = new Promise<void>((resolve) => {
    end = resolve;
  });
  const service = world.node({ hooks: { onVideoDeleted: () => hook } });
  const { videoId } = await world.readyVideo();
  const answered = vi.fn();
  const deleting = service.deleteVideo(teacher, videoId).then(answered);
  // The second sleep is the wait for the hook.
  await vi.waitFor(() => expect(world.clock.sleeping).toBe(2), { interval: 1 });
  world.clock.advance(9_999);
  expect(world.clock.sleeping).toBe(2);
  expect(answered).not.toHaveBeenCalled();
  world.clock.advance(1);
  await deleting;
  expect(answered).toHaveBeenCalledExactlyOnceWith({ purged: true });
  expect(await world.record(videoId)).toMatchObject({ status: 'deleted', notifiedAt: null });
  end();
  const noted = expect.objectContaining({ notifiedAt: expect.any(String), dueAt: null });
  await vi.waitFor(async () => expect(await world.record(videoId)).toEqual(noted), { interval: 1 });
  expect(world.clock.sleeping).toBe(0);
});
