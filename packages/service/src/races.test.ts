import { BackendError, StoreUnavailableError } from '@videostorage/core';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { beforeNextUpdate } from '../test-support/before-next-update.ts';
import { codeOf } from '../test-support/code-of.ts';
import { ada, ServiceWorld, teacher } from '../test-support/service-world.ts';

let world: ServiceWorld;
beforeEach(() => {
  world = new ServiceWorld();
});

const HOUR = 3600;

describe('an abort', () => {
  test('that a confirm overtakes deletes nothing, since the right to abort is not the right to delete', async () => {
    const id = await world.upload();
    beforeNextUpdate(world.records, () => world.node().confirmUpload(ada, id));
    const look = vi.spyOn(world.storage, 'getVideoMetadata');
    await world.service.abortUpload(ada, id);
    expect(look).not.toHaveBeenCalled();
    const { status, videoId } = await world.record(id);
    expect(status).toBe('processing');
    expect(await world.storage.videoExists(videoId ?? '')).toBe(true);
    expect(await world.history(id)).toEqual(['upload.requested', 'upload.confirmed']);
  });

  test('that another abort overtakes succeeds as well', async () => {
    const id = await world.upload();
    beforeNextUpdate(world.records, () => world.node().abortUpload(ada, id));
    expect(await codeOf(world.service.abortUpload(ada, id))).toBe('resolved');
    expect(await world.record(id)).toMatchObject({ status: 'deleted' });
    expect(await world.history(id)).toEqual(['upload.requested', 'upload.aborted']);
  });
});

test('an upload that is confirmed at the last moment does not expire', async () => {
  const { videoId: id } = await world.ask();
  const { version } = await world.record(id);
  beforeNextUpdate(world.records, () => world.records.update(id, version, { status: 'processing', dueInSeconds: 60 }));
  await world.sweepLater(60 * HOUR);
  expect(await world.record(id)).toMatchObject({ status: 'processing' });
});

test('a delete that cannot be recorded is refused as STORE_UNAVAILABLE, not reported as begun', async () => {
  const { videoId } = await world.readyVideo();
  const update = vi.spyOn(world.records, 'update').mockResolvedValue(undefined);
  await expect(world.service.deleteVideo(teacher, videoId)).rejects.toMatchObject({
    ...{ code: 'STORE_UNAVAILABLE', message: 'The record is being changed by others; please try again.' },
  });
  expect(update).toHaveBeenCalledTimes(10);
});

test('a delete that loses a race and cannot read the record again is STORE_UNAVAILABLE, not VIDEO_NOT_FOUND', async () => {
  const { videoId } = await world.readyVideo();
  vi.spyOn(world.records, 'update').mockImplementationOnce(async () => {
    vi.spyOn(world.records, 'get').mockRejectedValueOnce(new StoreUnavailableError());
    return undefined;
  });
  await expect(world.service.deleteVideo(teacher, videoId)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  expect(await world.service.deleteVideo(teacher, videoId)).toEqual({ purged: true });
});

describe('an erasure that runs at the same time as deletes', () => {
  const down = new BackendError('BACKEND_UNAVAILABLE', 'down');

  test('a delete that began before the erasure and ends after it blanks the person', async () => {
    const { videoId } = await world.readyVideo();
    const remove = vi.spyOn(world.storage, 'deleteVideo');
    remove.mockImplementationOnce(async () => {
      remove.mockRejectedValueOnce(down);
      expect(await world.node().eraseUser('ada')).toMatchObject({ videosPending: 1 });
      remove.mockRestore();
      return { purged: true };
    });
    expect(await world.service.deleteVideo(teacher, videoId)).toEqual({ purged: true });
    expect(await world.record(videoId)).toMatchObject({ status: 'deleted', userId: '', fileName: '' });
  });

  test('a delete that ends while the erasure marks the record leaves nothing that names the person', async () => {
    const { videoId } = await world.readyVideo(ada, { submissionId: 'essay-7' });
    const remove = vi.spyOn(world.storage, 'deleteVideo').mockResolvedValueOnce({ purged: false });
    await world.service.deleteVideo(teacher, videoId);
    remove.mockRestore();
    beforeNextUpdate(world.records, () => world.node().deleteVideo(teacher, videoId));
    expect(await world.service.eraseUser('ada')).toMatchObject({ videosDeleted: 1, videosPending: 0, failures: [] });
    expect(await world.record(videoId)).toMatchObject({
      ...{ status: 'deleted', userId: '', fileName: '', custom: {}, submissionId: null, idempotencyKey: null },
    });
  });
});

test('a delete of an upload that the sweep discards meanwhile is VIDEO_NOT_FOUND', async () => {
  vi.spyOn(world.storage, 'getUploadUrl').mockReturnValueOnce(new Promise(() => {}));
  void world.ask();
  await vi.waitFor(async () => expect((await world.records.list({ limit: 2 })).records).toHaveLength(1));
  const id = (await world.records.list({ limit: 2 })).records[0]?.id ?? '';
  beforeNextUpdate(world.records, () => world.records.discard(id, 1));
  expect(await codeOf(world.service.deleteVideo(teacher, id))).toBe('VIDEO_NOT_FOUND');
});

describe('two calls that create one upload', () => {
  test('an upload that is aborted while its ticket is made is released at the storage, and its ticket is not issued', async () => {
    const create = world.storage.getUploadUrl.bind(world.storage);
    let id = '';
    vi.spyOn(world.storage, 'getUploadUrl').mockImplementationOnce(async (request, options) => {
      const issued = await create(request, options);
      id = request.uploadId ?? '';
      await world.node().abortUpload(ada, id);
      return issued;
    });
    const abort = vi.spyOn(world.storage, 'abortUpload');
    expect(await codeOf(world.ask())).toBe('VIDEO_NOT_FOUND');
    expect(abort).toHaveBeenCalledTimes(1);
    expect(await world.record(id)).toMatchObject({ status: 'deleted', ticket: null });
  });

  test('a call that another creating call overtakes releases nothing, since both have one id', async () => {
    const create = world.storage.getUploadUrl.bind(world.storage);
    vi.spyOn(world.storage, 'getUploadUrl').mockImplementationOnce(async (request, options) => {
      const issued = await create(request, options);
      // As if another call with the same key had begun to create it.
      await world.records.update(request.uploadId ?? '', 1, { dueInSeconds: 60 });
      return issued;
    });
    const abort = vi.spyOn(world.storage, 'abortUpload');
    expect(await codeOf(world.ask())).toBe('STORE_UNAVAILABLE');
    expect(abort).not.toHaveBeenCalled();
  });

  test('a call that is overtaken by one that has created the upload returns the other’s ticket', async () => {
    const create = world.storage.getUploadUrl.bind(world.storage);
    let stored: unknown;
    vi.spyOn(world.storage, 'getUploadUrl').mockImplementationOnce(async (request, options) => {
      const id = request.uploadId ?? '';
      const { videoId, uploadReference, ...rest } = await create(request, options);
      const ticket = { ...rest, videoId: id, uploadReference: id, expiresAt: '2026-11-23T00:59:00.000Z' };
      stored = ticket;
      await world.records.update(id, 1, { videoId, uploadReference, ticket });
      return create(request, options);
    });
    expect(await world.ask()).toEqual(stored);
  });

  test('of two calls that take over one unanswered creation, one creates', async () => {
    const ask = (service = world.service) => service.getUploadUrl(ada, world.request(), { idempotencyKey: 'key-1' });
    const create = vi
      .spyOn(world.storage, 'getUploadUrl')
      .mockRejectedValueOnce(new BackendError('BACKEND_UNAVAILABLE', 'down'));
    await codeOf(ask());
    beforeNextUpdate(world.records, () =>
      world.records.update(String(create.mock.calls[0]?.[0].uploadId), 1, { dueInSeconds: 60 }),
    );
    const second = codeOf(ask());
    for (let poll = 0; poll < 20; poll += 1) {
      await vi.waitFor(() => expect(world.clock.sleeping).toBe(1));
      world.clock.advance(100);
    }
    expect(await second).toBe('STORE_UNAVAILABLE');
    expect(create).toHaveBeenCalledTimes(1);
  });
});

describe('calls that overtake the completion of a video that has just become ready', () => {
  /** Another process acts between a compare-and-set and its history. */
  const afterNextUpdate = (work: () => Promise<unknown>) => {
    const update = world.records.update.bind(world.records);
    vi.spyOn(world.records, 'update').mockImplementationOnce(async (...given) => {
      const changed = await update(...given);
      await work();
      return changed;
    });
  };

  /** Confirms an upload, which is a ready video at once. */
  const confirmReady = async (work: (id: string) => Promise<unknown>) => {
    const id = await world.upload();
    const confirm = world.storage.confirmUpload.bind(world.storage);
    vi.spyOn(world.storage, 'confirmUpload').mockImplementationOnce(async (...given) => {
      const video = await confirm(...given);
      afterNextUpdate(() => work(id));
      return { ...video, status: 'ready', playable: true };
    });
    expect(await codeOf(world.service.confirmUpload(ada, id))).toBe('resolved');
    return id;
  };

  test('a delete is the last hook that the host app gets', async () => {
    const id = await confirmReady((videoId) => world.node().deleteVideo(teacher, videoId));
    expect(world.hookCalls).toMatchObject([{ hook: 'deleted', id }]);
    expect((await world.history(id)).at(-1)).toBe('video.deleted');
  });

  test('a delete that is not yet in history is written there in the name of the actor who requested it', async () => {
    let [onRecorded, goOn] = [() => {}, () => {}];
    const recorded = new Promise<void>((resolve) => {
      onRecorded = resolve;
    });
    const held = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    let deleting: Promise<unknown> | undefined;
    const id = await confirmReady(async (videoId) => {
      afterNextUpdate(() => {
        onRecorded();
        return held;
      });
      deleting = world.node().deleteVideo(teacher, videoId);
      await recorded;
    });
    goOn();
    await deleting;
    const { entries } = await world.events.list({ recordId: id, events: ['video.delete_requested'], limit: 2 });
    expect(entries.map(({ userId }) => userId)).toEqual(['ms-byron']);
  });

  test.each(['before its history', 'before it leaves the sweep’s list'])(
    'a record that is discarded %s is left alone',
    async (when) => {
      const discard = async () => {
        vi.spyOn(world.records, 'get').mockResolvedValueOnce(undefined);
        return false;
      };
      await confirmReady(async () => {
        if (when === 'before its history') await discard();
        else vi.spyOn(world.records, 'schedule').mockImplementationOnce(discard);
      });
      expect(world.log.filter(({ level }) => level === 'error')).toEqual([]);
    },
  );

  test('an erasure leaves no entry that names the person', async () => {
    const id = await confirmReady(() => world.node().eraseUser('ada'));
    const { entries } = await world.events.list({ limit: 100 });
    expect(entries.map(({ userId }) => userId)).toEqual(entries.map(() => null));
    expect([world.hookCalls.length, (await world.record(id)).userId]).toEqual([1, '']);
  });

  test('a changed name does not cause a second report', async () => {
    await confirmReady((videoId) => world.node().updateVideo(ada, videoId, { fileName: 'b.mp4' }));
    await world.sweepLater(HOUR);
    expect(world.hookCalls).toMatchObject([{ hook: 'ready' }]);
  });
});
