import { BackendError, ContentUnverifiableError, TimeoutError, toTimestamp } from '@videostorage/core';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { codeOf } from '../test-support/code-of.ts';
import { ada, film, ServiceWorld, teacher } from '../test-support/service-world.ts';
import type { VideoRecord } from './video-record.ts';

let world: ServiceWorld;
beforeEach(() => {
  world = new ServiceWorld();
});

describe('confirm', () => {
  test('T-C3: before the bytes arrive it is NOT_UPLOADED and stays pending; afterwards it succeeds', async () => {
    const ticket = await world.ask();
    const update = vi.spyOn(world.records, 'update');
    expect(await codeOf(world.service.confirmUpload(ada, ticket.uploadReference))).toBe('NOT_UPLOADED');
    expect(update).not.toHaveBeenCalled();
    expect(await world.record(ticket.videoId)).toMatchObject({ status: 'pending', errorCode: null });
    await world.send(ticket);
    expect(await codeOf(world.service.confirmUpload(ada, ticket.uploadReference))).toBe('resolved');
  });

  test('a duration and a frame size that no video has are not recorded, whatever the file says', async () => {
    const id = await world.upload();
    const confirm = world.storage.confirmUpload.bind(world.storage);
    vi.spyOn(world.storage, 'confirmUpload').mockImplementationOnce(async (...given) => ({
      ...(await confirm(...given)),
      ...{ durationSeconds: 9e18, widthPixels: 1.4e12, heightPixels: 240 },
    }));
    await world.service.confirmUpload(ada, id);
    expect(await world.record(id)).toMatchObject({ durationSeconds: null, widthPixels: null, heightPixels: 240 });
    expect((await world.service.usage('global', '')).storedMinutes).toBe(0);
  });

  test('T-C2: a hundred at once in two processes make one transition, one entry for each event, and equal answers', async () => {
    const id = await world.upload();
    const nodes = [world.service, world.node()];
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, index) => nodes[index % 2]?.confirmUpload(ada, id)),
    );
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(await world.history(id)).toEqual(['upload.requested', 'upload.confirmed']);
    expect(
      world.log.filter(({ event }) => event === 'upload.confirmed').filter(({ videoId }) => videoId === id),
    ).toHaveLength(1);
  });

  test('it gives the same answer again when the video is ready, deleted or expired', async () => {
    const { videoId } = await world.readyVideo();
    const first = await world.service.confirmUpload(ada, videoId);
    expect(await world.service.confirmUpload(ada, videoId)).toEqual(first);
    await world.service.deleteVideo(teacher, videoId);
    expect(await codeOf(world.service.confirmUpload(ada, videoId))).toBe('VIDEO_NOT_FOUND');
  });

  test('content that contradicts the request fails once, permanently, and gets the same refusal each time', async () => {
    const ticket = await world.ask();
    const { videoId } = await world.record(ticket.videoId);
    world.storage.provider.receive(videoId ?? '', film, 'video/webm');
    for (let call = 0; call < 2; call += 1) {
      await expect(world.service.confirmUpload(ada, ticket.videoId)).rejects.toMatchObject({
        ...{ code: 'CONTENT_MISMATCH', failure: { code: 'TYPE_MISMATCH' } },
      });
    }
    expect(await world.record(ticket.videoId)).toMatchObject({ status: 'failed', errorCode: 'TYPE_MISMATCH' });
    expect(await world.history(ticket.videoId)).toEqual(['upload.requested', 'upload.failed']);
    expect(world.hookCalls).toMatchObject([{ hook: 'failed', id: ticket.videoId }]);
    expect(await world.service.getVideo(ada, ticket.videoId)).toMatchObject({
      failure: { code: 'TYPE_MISMATCH', message: expect.stringMatching(/./) },
    });
    expect(await world.records.usage('user', 'ada')).toEqual({ pending: 0, videos: 0, bytes: 0, seconds: 0 });
  });

  test('before the ticket is stored it is NOT_UPLOADED without a call to the storage; a delete then needs no call either', async () => {
    vi.spyOn(world.storage, 'getUploadUrl').mockRejectedValueOnce(new BackendError('BACKEND_UNAVAILABLE', 'down'));
    await codeOf(world.service.getUploadUrl(ada, world.request(), { idempotencyKey: 'key-1' }));
    const [{ id = '' } = {}] = (await world.records.list({ limit: 1 })).records;
    const asked = [
      ...[vi.spyOn(world.storage, 'confirmUpload'), vi.spyOn(world.storage, 'abortUpload')],
      ...[vi.spyOn(world.storage, 'deleteVideo'), vi.spyOn(world.storage, 'videoExists')],
    ];
    expect(await codeOf(world.service.confirmUpload(ada, id))).toBe('NOT_UPLOADED');
    expect(await world.service.deleteVideo(teacher, id)).toEqual({ purged: true });
    expect(asked.flatMap(({ mock }) => mock.calls)).toEqual([]);
  });

  test('when the storage returns a video that is still pending, it is NOT_UPLOADED, and the record stays pending', async () => {
    const id = await world.upload();
    const confirm = world.storage.confirmUpload.bind(world.storage);
    vi.spyOn(world.storage, 'confirmUpload').mockImplementationOnce(async (...given) => ({
      ...(await confirm(...given)),
      status: 'pending',
    }));
    expect(await codeOf(world.service.confirmUpload(ada, id))).toBe('NOT_UPLOADED');
    expect(await world.record(id)).toMatchObject({ status: 'pending' });
  });

  test('an error from outside the library changes nothing, whatever its code', async () => {
    const id = await world.upload();
    const before = await world.record(id);
    for (const code of ['UPLOAD_EXPIRED', 'NOT_UPLOADED', 'TIMEOUT']) {
      const foreign = Object.assign(new Error('a bug'), { code });
      vi.spyOn(world.storage, 'confirmUpload').mockRejectedValueOnce(foreign);
      await expect(world.service.confirmUpload(ada, id)).rejects.toBe(foreign);
      expect(await world.record(id)).toEqual(before);
    }
  });

  test('an outage changes nothing', async () => {
    const id = await world.upload();
    const before = await world.record(id);
    world.storage.provider.failNext('server-error');
    expect(await codeOf(world.service.confirmUpload(ada, id))).toBe('BACKEND_UNAVAILABLE');
    expect(await world.record(id)).toEqual(before);
    expect(await codeOf(world.service.confirmUpload(ada, id))).toBe('resolved');
  });

  describe('content that could not be determined', () => {
    const undetermined = (times: number) => {
      const confirm = world.storage.confirmUpload.bind(world.storage);
      return vi.spyOn(world.storage, 'confirmUpload').mockImplementation(async (reference, options) => {
        if (options.acceptUnverified === true) return confirm(reference, options);
        times -= 1;
        if (times < 0) return confirm(reference, options);
        throw new ContentUnverifiableError();
      });
    };

    test('keeps its bytes, is reported to the browser, and is confirmed when a later inspection succeeds', async () => {
      const id = await world.upload();
      undetermined(1);
      expect(await codeOf(world.service.confirmUpload(ada, id))).toBe('CONTENT_UNVERIFIABLE');
      expect(await world.record(id)).toMatchObject({ status: 'pending', errorCode: 'CONTENT_UNVERIFIABLE' });
      expect(await codeOf(world.service.confirmUpload(ada, id))).toBe('resolved');
      expect(await world.record(id)).toMatchObject({ status: 'processing', errorCode: null });
    });

    test.each([
      [true, 'resolved'],
      [false, 'CONTENT_UNVERIFIABLE'],
    ])('is accepted when the host app answers %j: %s', async (answer, code) => {
      const acceptUnverified = vi.fn(() => answer);
      const service = world.node({ acceptUnverified });
      const id = await world.upload();
      undetermined(9);
      expect(await codeOf(service.confirmUpload(ada, id))).toBe(code);
      expect(acceptUnverified).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ id, status: 'pending' }));
    });

    test('is accepted with the options of the call, including getters of a class', async () => {
      const id = await world.upload();
      const confirm = undetermined(9);
      class Call {
        get requestId() {
          return 'r-1';
        }
      }
      await world.node({ acceptUnverified: () => true }).confirmUpload(ada, id, {}, new Call());
      expect(confirm.mock.calls.map(([, options]) => [options.requestId, options.acceptUnverified])).toEqual([
        ['r-1', undefined],
        ['r-1', true],
      ]);
    });

    test('is accepted only by `true`, and `acceptUnverified` is called for nothing else', async () => {
      const acceptUnverified = vi.fn(() => 'yes' as unknown as boolean);
      const service = world.node({ acceptUnverified });
      const ticket = await world.ask();
      expect(await codeOf(service.confirmUpload(ada, ticket.videoId))).toBe('NOT_UPLOADED');
      expect(acceptUnverified).not.toHaveBeenCalled();
      await world.send(ticket);
      undetermined(1);
      expect(await codeOf(service.confirmUpload(ada, ticket.videoId))).toBe('CONTENT_UNVERIFIABLE');
    });

    test('is recorded once, however often it is inspected, and does not fail the sweep', async () => {
      const id = await world.upload();
      undetermined(Number.POSITIVE_INFINITY);
      await codeOf(world.service.confirmUpload(ada, id));
      const update = vi.spyOn(world.records, 'update');
      await codeOf(world.service.confirmUpload(ada, id));
      expect(await world.sweepLater(60)).toMatchObject({ examined: 1, failures: [] });
      expect(update).not.toHaveBeenCalled();
    });

    test('fails at the end of its reference with the storage’s reason, and its bytes are released', async () => {
      const id = await world.upload();
      const said = new ContentUnverifiableError('The index of the file is encrypted.');
      vi.spyOn(world.storage, 'confirmUpload').mockRejectedValueOnce(said);
      await codeOf(world.service.confirmUpload(ada, id));
      vi.restoreAllMocks();
      await world.sweepLater(50 * 3600);
      const { message: errorMessage } = said;
      const ended = { status: 'failed', errorCode: said.code, errorMessage, uploadReference: null, ticket: null };
      expect(await world.record(id)).toMatchObject(ended);
      expect(await codeOf(world.service.confirmUpload(ada, id))).toBe('CONTENT_UNVERIFIABLE');
      expect(world.hookCalls).toMatchObject([{ hook: 'failed', id }]);
    });
  });

  test.each([new ContentUnverifiableError(), new TimeoutError()])(
    'after an examination that recorded $code the sweep examines it again as planned, not at the end of the lease',
    async (error) => {
      const id = await world.upload();
      vi.spyOn(world.storage, 'confirmUpload').mockRejectedValueOnce(error);
      await world.sweepLater(60);
      const dueAt = toTimestamp(world.clock.now() + 60_000);
      expect(await world.record(id)).toMatchObject({ status: 'pending', errorCode: error.code, dueAt });
    },
  );

  describe('content that is too slow to inspect', () => {
    const slow = () => vi.spyOn(world.storage, 'confirmUpload').mockRejectedValueOnce(new TimeoutError());

    test('fails at the end of its reference, and the host app is notified', async () => {
      const id = await world.upload();
      slow();
      expect(await codeOf(world.service.confirmUpload(ada, id))).toBe('TIMEOUT');
      expect(await world.record(id)).toMatchObject({ status: 'pending', errorCode: 'TIMEOUT' });
      await world.sweepLater(50 * 3600);
      const unverifiable = { errorCode: 'CONTENT_UNVERIFIABLE', errorMessage: expect.stringContaining('determined') };
      expect(await world.record(id)).toMatchObject({ status: 'failed', ...unverifiable });
      expect(await codeOf(world.service.confirmUpload(ada, id))).toBe('CONTENT_UNVERIFIABLE');
      expect(world.hookCalls).toMatchObject([{ hook: 'failed', id }]);
    });

    test('is accepted when it was too slow twice and `acceptUnverified` returns true; once may be an outage', async () => {
      const acceptUnverified = vi.fn(() => true);
      const service = world.node({ acceptUnverified });
      const id = await world.upload();
      const confirm = world.storage.confirmUpload.bind(world.storage);
      vi.spyOn(world.storage, 'confirmUpload').mockImplementation(async (reference, options) => {
        if (options.acceptUnverified === true) return confirm(reference, options);
        throw new TimeoutError();
      });
      expect(await codeOf(service.confirmUpload(ada, id))).toBe('TIMEOUT');
      expect(acceptUnverified).not.toHaveBeenCalled();
      expect(await codeOf(service.confirmUpload(ada, id))).toBe('resolved');
      expect(acceptUnverified).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ id, errorCode: 'TIMEOUT' }));
      expect(await world.record(id)).toMatchObject({ status: 'processing', errorCode: null });
    });

    test('counts only when it was too slow twice in a row: another outcome in between starts the count again', async () => {
      const acceptUnverified = vi.fn((_record: VideoRecord) => false);
      const service = world.node({ acceptUnverified });
      const id = await world.upload();
      const [unreadable, tooSlow] = [new ContentUnverifiableError(), new TimeoutError()];
      const asked: number[] = [];
      for (const outcome of [unreadable, tooSlow, tooSlow, unreadable, tooSlow]) {
        vi.spyOn(world.storage, 'confirmUpload').mockRejectedValueOnce(outcome);
        expect(await codeOf(service.confirmUpload(ada, id))).toBe(outcome.code);
        asked.push(acceptUnverified.mock.calls.length);
      }
      expect(asked).toEqual([1, 1, 2, 3, 3]);
      expect(acceptUnverified.mock.calls.map(([{ errorCode }]) => errorCode)).toEqual([null, 'TIMEOUT', 'TIMEOUT']);
    });

    test('becomes a video when a later inspection succeeds, without an error code', async () => {
      const id = await world.upload();
      slow();
      await codeOf(world.service.confirmUpload(ada, id));
      expect(await codeOf(world.service.confirmUpload(ada, id))).toBe('resolved');
      expect(await world.record(id)).toMatchObject({ status: 'processing', errorCode: null, errorMessage: null });
    });

    test('expires when the storage says afterwards that nothing has arrived', async () => {
      const { videoId: id } = await world.ask();
      slow();
      await codeOf(world.service.confirmUpload(ada, id));
      expect(await codeOf(world.service.confirmUpload(ada, id))).toBe('NOT_UPLOADED');
      expect(await world.record(id)).toMatchObject({ status: 'pending', errorCode: null });
      await world.sweepLater(50 * 3600);
      expect(await world.record(id)).toMatchObject({ status: 'expired' });
      expect(world.hookCalls).toEqual([]);
    });
  });

  test('T-C4: confirm, delete and sweep at once leave either a video or nothing', async () => {
    for (let round = 0; round < 20; round += 1) {
      const id = await world.upload();
      world.clock.advance(60_000);
      await Promise.allSettled([
        world.service.confirmUpload(ada, id),
        world.service.deleteVideo(teacher, id),
        world.node().sweep({ storages: false }),
      ]);
      await world.sweepLater(60);
      const record = await world.record(id);
      expect(record.status).toBe('deleted');
      expect(await world.storage.videoExists(record.videoId ?? '')).toBe(false);
      expect(await world.events.verify(id)).toBeUndefined();
    }
  });
});
