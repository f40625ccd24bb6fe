import { BackendError, type VideoFailure, VideoNotFoundError } from '@videostorage/core';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { ada, film, ServiceWorld, teacher } from '../test-support/service-world.ts';

let world: ServiceWorld;
beforeEach(() => {
  world = new ServiceWorld();
});

describe('processing', () => {
  test('a video that is gone at the provider fails at the second query that misses it, not at the first', async () => {
    const id = await world.upload();
    await world.service.confirmUpload(ada, id);
    const { videoId } = await world.record(id);
    await world.storage.deleteVideo(videoId ?? '');
    const errorMessage = 'The video is no longer at the storage.';
    const noted = { errorCode: 'VIDEO_NOT_FOUND', errorMessage };
    expect(await world.sweepLater(120)).toMatchObject({ examined: 1, failures: [] });
    expect(await world.record(id)).toMatchObject({ status: 'processing', ...noted });
    // It is examined again after as long as has passed since its upload arrived.
    expect(Date.parse((await world.record(id)).dueAt ?? '')).toBe(world.clock.now() + 120_000);
    expect(await world.sweepLater(120)).toMatchObject({ examined: 1, failures: [] });
    expect(await world.record(id)).toMatchObject({ status: 'failed', ...noted });
    expect(await world.history(id)).toEqual(['upload.requested', 'upload.confirmed', 'video.failed']);
  });

  test('webhooks do not prove absence, however many arrive, and finding the video in between starts the count again', async () => {
    const id = await world.upload();
    await world.service.confirmUpload(ada, id);
    const webhook = await world.webhook(id);
    const look = vi.spyOn(world.storage, 'getVideoMetadata');
    const absent = () => look.mockRejectedValueOnce(new VideoNotFoundError());
    for (let copy = 0; copy < 3; copy += 1) {
      absent();
      await world.service.handleWebhook('memory', webhook);
    }
    expect(await world.record(id)).toMatchObject({ status: 'processing', errorCode: null });
    absent();
    await world.sweepLater(60);
    expect(await world.record(id)).toMatchObject({ status: 'processing', errorCode: 'VIDEO_NOT_FOUND' });
    absent();
    await world.service.handleWebhook('memory', webhook);
    expect(await world.record(id)).toMatchObject({ status: 'processing' });
    await world.service.handleWebhook('memory', webhook);
    expect(await world.record(id)).toMatchObject({ status: 'processing', errorCode: null, errorMessage: null });
    absent();
    await world.sweepLater(60);
    expect(await world.sweepLater(3600)).toMatchObject({ examined: 1, failures: [] });
    expect(await world.record(id)).toMatchObject({ status: 'processing', errorCode: null, errorMessage: null });
    expect(Date.parse((await world.record(id)).dueAt ?? '')).toBe(world.clock.now() + 3_600_000);
    absent();
    await world.sweepLater(3600);
    expect(await world.record(id)).toMatchObject({ status: 'processing' });
  });

  test('reading a video does not prove absence either, and completes no transition that did not happen', async () => {
    const id = await world.upload();
    await world.service.confirmUpload(ada, id);
    const look = vi.spyOn(world.storage, 'getVideoMetadata');
    const append = vi.spyOn(world.events, 'append');
    look.mockRejectedValueOnce(new VideoNotFoundError());
    await world.service.getVideo(ada, id);
    expect(await world.record(id)).toMatchObject({ status: 'processing', errorCode: null });
    expect(append).not.toHaveBeenCalled();
    look.mockRejectedValueOnce(new VideoNotFoundError());
    await world.sweepLater(60);
    expect(await world.record(id)).toMatchObject({ status: 'processing', errorCode: 'VIDEO_NOT_FOUND' });
    append.mockClear();
    world.clock.advance(60_000);
    await world.service.getVideo(ada, id);
    expect(await world.record(id)).toMatchObject({ status: 'processing', errorCode: null });
    expect(append).not.toHaveBeenCalled();
  });

  test.each(['an absence', 'the video being found after it'])(
    '%s that another process has recorded meanwhile is kept',
    async (what) => {
      const id = await world.upload();
      await world.service.confirmUpload(ada, id);
      const look = vi.spyOn(world.storage, 'getVideoMetadata');
      look.mockRejectedValueOnce(new VideoNotFoundError());
      if (what !== 'an absence') await world.sweepLater(60);
      const update = vi.spyOn(world.records, 'update').mockResolvedValueOnce(undefined);
      expect(await world.sweepLater(60)).toMatchObject({ examined: 1, reconciled: 0, failures: [] });
      expect(update).toHaveBeenCalledTimes(1);
    },
  );

  test('a second absence does not fail the video when another process has found it since the first', async () => {
    const id = await world.upload();
    await world.service.confirmUpload(ada, id);
    const look = vi.spyOn(world.storage, 'getVideoMetadata');
    look.mockRejectedValueOnce(new VideoNotFoundError());
    await world.sweepLater(60);
    look.mockImplementationOnce(async () => {
      await world.node().getVideo(ada, id);
      throw new VideoNotFoundError();
    });
    expect(await world.sweepLater(120)).toMatchObject({ examined: 1, reconciled: 0, failures: [] });
    expect(await world.record(id)).toMatchObject({ status: 'processing', errorCode: null });
  });

  test('an examination without news writes only the time of the next one', async () => {
    const id = await world.upload();
    await world.service.confirmUpload(ada, id);
    const update = vi.spyOn(world.records, 'update');
    expect(await world.sweepLater(60)).toMatchObject({ examined: 1, failures: [] });
    expect(update).not.toHaveBeenCalled();
  });

  test('a webhook about a video that is ready, or deleted, writes nothing', async () => {
    const { videoId } = await world.readyVideo();
    const webhook = await world.webhook(videoId);
    for (const end of [async () => {}, () => world.service.deleteVideo(teacher, videoId)]) {
      await end();
      const append = vi.spyOn(world.events, 'append');
      const schedule = vi.spyOn(world.records, 'schedule');
      await world.service.handleWebhook('memory', webhook);
      expect([append.mock.calls, schedule.mock.calls]).toEqual([[], []]);
      vi.restoreAllMocks();
    }
  });

  test('T-K2: an outage proves no absence, however often it comes', async () => {
    const id = await world.upload();
    await world.service.confirmUpload(ada, id);
    vi.spyOn(world.storage, 'getVideoMetadata').mockRejectedValue(new BackendError('BACKEND_BAD_RESPONSE', 'HTML'));
    for (let look = 0; look < 3; look += 1) {
      expect(await world.sweepLater(3600)).toMatchObject({ failures: [{ id, code: 'BACKEND_BAD_RESPONSE' }] });
    }
    expect(await world.record(id)).toMatchObject({ status: 'processing', errorCode: null });
  });

  test.each([
    [{ code: 'NOT_A_VIDEO', message: 'No frame.' } as const, 'NOT_A_VIDEO', 'No frame.'],
    [undefined, 'UNKNOWN', null],
  ])('the provider’s reason is recorded: %j', async (failure, errorCode, errorMessage) => {
    const id = await world.upload();
    await world.service.confirmUpload(ada, id);
    const video = await world.storage.getVideoMetadata((await world.record(id)).videoId ?? '');
    const failed = { ...video, status: 'failed', playable: false, ...(failure && { failure }) } as const;
    vi.spyOn(world.storage, 'getVideoMetadata').mockResolvedValueOnce(failed);
    await world.sweepLater(60);
    expect(await world.record(id)).toMatchObject({ status: 'failed', errorCode, errorMessage });
    expect(await world.history(id)).toEqual(['upload.requested', 'upload.confirmed', 'video.failed']);
  });

  describe('a video that the provider failed to process', () => {
    /** Confirmed, and failed at the next query. */
    async function failing(code: VideoFailure['code'] = 'NOT_A_VIDEO', request = {}): Promise<string> {
      const id = await world.upload(ada, request);
      await world.service.confirmUpload(ada, id);
      const video = await world.storage.getVideoMetadata((await world.record(id)).videoId ?? '');
      const failure = { code, message: 'No frame.' } as const;
      const failed = { ...video, status: 'failed', playable: false, failure } as const;
      vi.spyOn(world.storage, 'getVideoMetadata').mockResolvedValueOnce(failed);
      return id;
    }

    test('is deleted at the storage, and the host app is notified, each once', async () => {
      const id = await failing();
      const { videoId } = await world.record(id);
      const remove = vi.spyOn(world.storage, 'deleteVideo');
      await world.sweepLater(60);
      expect(remove).toHaveBeenCalledExactlyOnceWith(videoId);
      expect(world.hookCalls).toMatchObject([{ hook: 'failed', id }]);
      expect(await world.storage.videoExists(videoId ?? '')).toBe(false);
      expect((await world.record(id)).dueAt).toBeNull();
    });

    test('is deleted by a later sweep after an outage, of which the host app notices nothing', async () => {
      const id = await failing();
      const remove = vi.spyOn(world.storage, 'deleteVideo');
      remove.mockRejectedValueOnce(new BackendError('BACKEND_UNAVAILABLE', 'Down.'));
      expect(await world.sweepLater(60)).toMatchObject({ failures: [{ id, code: 'BACKEND_UNAVAILABLE' }] });
      expect(world.hookCalls).toMatchObject([{ hook: 'failed', id }]);
      const { notifiedAt, dueAt } = await world.record(id);
      expect([notifiedAt, Date.parse(dueAt ?? '')]).toEqual([expect.any(String), world.clock.now() + 60_000]);
      expect(await world.sweepLater(60)).toMatchObject({ notified: 0, failures: [] });
      expect(remove).toHaveBeenCalledTimes(2);
      expect(world.hookCalls).toHaveLength(1);
      expect(await world.record(id)).toMatchObject({ notifiedAt, dueAt: null });
    });

    test('is deleted although the hook of the host app fails, which is called again later', async () => {
      const id = await failing();
      const { videoId } = await world.record(id);
      world.hookError = new Error('The host app is down.');
      expect((await world.sweepLater(60)).failures).toHaveLength(1);
      expect(await world.storage.videoExists(videoId ?? '')).toBe(false);
      const { notifiedAt, dueAt } = await world.record(id);
      expect([notifiedAt, Date.parse(dueAt ?? '')]).toEqual([null, world.clock.now() + 60_000]);
      world.hookError = undefined;
      expect(await world.sweepLater(60)).toMatchObject({ notified: 1, failures: [] });
      expect(world.hookCalls.at(-1)).toMatchObject({ hook: 'failed', id });
      expect((await world.record(id)).dueAt).toBeNull();
    });

    test('is deleted again until no copy is left, and the host app is notified once', async () => {
      const id = await failing();
      const remove = vi.spyOn(world.storage, 'deleteVideo').mockResolvedValueOnce({ purged: false });
      await world.sweepLater(60);
      expect(Date.parse((await world.record(id)).dueAt ?? '')).toBe(world.clock.now() + 60_000);
      await world.sweepLater(60);
      expect(remove).toHaveBeenCalledTimes(2);
      expect(world.hookCalls).toMatchObject([{ hook: 'failed', id }]);
      expect((await world.record(id)).dueAt).toBeNull();
    });

    test.each(['UNKNOWN', 'FETCH_FAILED', 'DURATION_EXCEEDED'] as const)(
      'by a reason that proves nothing, %s without a limit of the request, is kept until its reference has ended',
      async (code) => {
        const id = await failing(code);
        const remove = vi.spyOn(world.storage, 'deleteVideo');
        expect(await world.sweepLater(60)).toMatchObject({ failures: [] });
        const { dueAt, expiresAt, notifiedAt, version } = await world.record(id);
        expect(world.hookCalls).toMatchObject([{ hook: 'failed', id }]);
        const endMs = Date.parse(expiresAt) + 25 * 3_600_000;
        expect(Date.parse(dueAt ?? '')).toBe(endMs);
        const untilLastSecond = (endMs - world.clock.now()) / 1000 - 1;
        await world.records.schedule(id, version, { dueInSeconds: untilLastSecond });
        expect(await world.sweepLater(untilLastSecond)).toMatchObject({ examined: 1, notified: 0 });
        expect(remove).not.toHaveBeenCalled();
        expect((await world.record(id)).dueAt).toBe(dueAt);
        expect(await world.sweepLater(1)).toMatchObject({ examined: 1, notified: 0, failures: [] });
        expect(remove).toHaveBeenCalledOnce();
        expect(world.hookCalls).toHaveLength(1);
        expect(await world.record(id)).toMatchObject({ dueAt: null, notifiedAt });
      },
    );

    test('that is longer than the request allowed is deleted at once', async () => {
      world = new ServiceWorld({ acceptUnverified: () => true });
      const id = await failing('DURATION_EXCEEDED', { maxDurationSeconds: 60 });
      const remove = vi.spyOn(world.storage, 'deleteVideo');
      await world.sweepLater(60);
      expect(remove).toHaveBeenCalledOnce();
      expect((await world.record(id)).dueAt).toBeNull();
    });

    test.each([
      ['NOT_A_VIDEO', 0],
      ['UNKNOWN', film.length],
    ] as const)(
      'frees its bytes at the end of its retention only when it was kept: %s, %d bytes',
      async (code, bytes) => {
        world = new ServiceWorld({ retainFor: ({ status }) => (status === 'failed' ? 0.5 : 'forever') });
        await failing(code);
        expect(await world.sweepLater(60)).toMatchObject({ retentionEnded: 0, bytesReleased: 0, failures: [] });
        world.clock.advance(86_400_000);
        const dry = await world.service.sweep({ dryRun: true, storages: false });
        expect(dry).toMatchObject({ retentionEnded: 1, deleted: 0, bytesReleased: bytes });
        expect(await world.sweepLater(0)).toMatchObject({ retentionEnded: 1, deleted: 1, bytesReleased: bytes });
      },
    );

    test('is not deleted by the service when the storage has refused it, and so deleted it itself', async () => {
      const ticket = await world.ask();
      world.storage.provider.receive((await world.record(ticket.videoId)).videoId ?? '', film, 'video/webm');
      const remove = vi.spyOn(world.storage, 'deleteVideo');
      await expect(world.service.confirmUpload(ada, ticket.uploadReference)).rejects.toMatchObject({
        code: 'CONTENT_MISMATCH',
      });
      expect(await world.record(ticket.videoId)).toMatchObject({ status: 'failed', dueAt: null });
      expect(remove).not.toHaveBeenCalled();
    });

    test('is not deleted when the provider has lost it', async () => {
      const id = await world.upload();
      await world.service.confirmUpload(ada, id);
      const remove = vi.spyOn(world.storage, 'deleteVideo');
      for (let query = 0; query < 2; query += 1) {
        vi.spyOn(world.storage, 'getVideoMetadata').mockRejectedValueOnce(new VideoNotFoundError());
        await world.sweepLater(120);
      }
      expect(await world.record(id)).toMatchObject({ status: 'failed', errorCode: 'VIDEO_NOT_FOUND', dueAt: null });
      expect(remove).not.toHaveBeenCalled();
    });
  });

  test('a video whose upload took most of an hour is examined as often as any other once it is processed', async () => {
    const ticket = await world.ask();
    world.clock.advance(3000 * 1000);
    await world.send(ticket);
    expect(await world.sweepLater(0)).toMatchObject({ adopted: 1 });
    const waits: number[] = [];
    for (let look = 0; look < 4; look += 1) {
      const waitMs = Date.parse((await world.record(ticket.videoId)).dueAt ?? '') - world.clock.now();
      waits.push(waitMs / 1000);
      world.clock.advance(waitMs);
      expect(await world.sweepLater(0)).toMatchObject({ examined: 1, failures: [] });
    }
    expect(waits).toEqual([60, 60, 120, 240]);
  });

  test('what the provider observed replaces what was declared', async () => {
    const picture = { codec: 'avc1.64001e', widthPixels: 320, heightPixels: 180 };
    const observed = { ...picture, mimeType: 'video/quicktime', revision: 'attempt-2' };
    const get = world.storage.getVideoMetadata.bind(world.storage);
    vi.spyOn(world.storage, 'getVideoMetadata').mockImplementation(async (...given) => ({
      ...(await get(...given)),
      ...observed,
    }));
    const { videoId, codec } = await world.readyVideo();
    const record = await world.record(videoId);
    expect(codec).toBe('avc1.64001e');
    expect(record).toMatchObject(observed);
    expect(record).toMatchObject({ status: 'ready', sizeBytes: film.length, uploadReference: null, ticket: null });
    expect(record.uploadedAt).not.toBeNull();
  });
});
