import { ContentUnverifiableError, StoreUnavailableError, VideoNotFoundError } from '@videostorage/core';
import { beforeEach, expect, test, vi } from 'vitest';
import { codeOf } from '../test-support/code-of.ts';
import { ada, film, ServiceWorld, teacher } from '../test-support/service-world.ts';
import type { VideoRecord } from './video-record.ts';

let world: ServiceWorld;
beforeEach(() => {
  world = new ServiceWorld();
});

const HOUR = 3600;
const dueInSeconds = async (id: string) => {
  const { dueAt } = await world.record(id);
  return dueAt === null ? null : (Date.parse(dueAt) - world.clock.now()) / 1000;
};

/** Brings an upload to the point from which `end` makes the transition. */
const processing = async () => {
  const id = await world.upload();
  await world.service.confirmUpload(ada, id);
  return id;
};
const begunDelete = async (id: string) => {
  vi.spyOn(world.storage, 'deleteVideo').mockResolvedValueOnce({ purged: false });
  await world.service.deleteVideo(teacher, id);
  return id;
};
const deleting = async () => begunDelete((await world.readyVideo()).videoId);
const ENDS = {
  ready: {
    begin: processing,
    end: async () => {
      world.storage.provider.settle();
      await world.sweepLater(60);
    },
  },
  'failed by a mismatch': {
    begin: async () => {
      const { videoId: id } = await world.ask();
      world.storage.provider.receive((await world.record(id)).videoId ?? '', film, 'video/webm');
      return id;
    },
    end: (id: string) => codeOf(world.service.confirmUpload(ada, id)),
  },
  'failed by the provider': {
    begin: processing,
    end: async (id: string) => {
      const video = await world.storage.getVideoMetadata((await world.record(id)).videoId ?? '');
      const failure = { code: 'MALFORMED', message: 'It broke.' } as const;
      const failed = { ...video, status: 'failed', playable: false, failure } as const;
      vi.spyOn(world.storage, 'getVideoMetadata').mockResolvedValueOnce(failed);
      await world.sweepLater(60);
    },
  },
  'failed by absence': {
    begin: async () => {
      const id = await processing();
      vi.spyOn(world.storage, 'getVideoMetadata').mockRejectedValue(new VideoNotFoundError());
      await world.sweepLater(60);
      return id;
    },
    end: () => world.sweepLater(HOUR),
  },
  expired: {
    begin: async () => (await world.ask()).videoId,
    end: () => world.sweepLater(60 * HOUR),
  },
  'deleted by a call': {
    begin: deleting,
    end: (id: string) => world.service.deleteVideo(teacher, id),
  },
  'deleted by the sweep': {
    begin: deleting,
    end: () => world.sweepLater(60),
  },
  'deleted after a mismatch': {
    begin: async () => {
      const id = await ENDS['failed by a mismatch'].begin();
      await ENDS['failed by a mismatch'].end(id);
      return begunDelete(id);
    },
    end: () => world.sweepLater(60),
  },
  'deleted after it expired': {
    begin: async () => {
      const { videoId } = await world.ask();
      await world.sweepLater(60 * HOUR);
      return begunDelete(videoId);
    },
    end: () => world.sweepLater(60),
  },
  'deleted before its confirm': {
    begin: async () => {
      const { videoId } = await world.ask();
      vi.spyOn(world.storage, 'abortUpload').mockRejectedValueOnce(new StoreUnavailableError());
      await codeOf(world.service.abortUpload(ada, videoId));
      return videoId;
    },
    end: () => world.sweepLater(60),
  },
};

test.each(Object.entries(ENDS))(
  'after a crash before history and hook the record is due at once: %s',
  async (name, { begin, end }) => {
    const id = await begin();
    const { statusVersion } = await world.record(id);
    const before = world.hookCalls.length;
    const log = vi.spyOn(world.events, 'append').mockRejectedValue(new Error('the process ends here'));
    await end(id);
    const moved = await world.record(id);
    expect(moved.statusVersion).toBeGreaterThan(statusVersion);
    expect(name).toContain(moved.status);
    expect(await dueInSeconds(id)).toBe(0);
    log.mockRestore();
    await world.sweepLater(0);
    const calls = world.hookCalls.slice(before);
    const wasVideo = moved.uploadedAt !== null || moved.status === 'failed';
    expect(calls).toEqual(wasVideo ? [{ hook: moved.status, id, statusVersion: moved.statusVersion }] : []);
    expect(await world.record(id)).toMatchObject({ dueAt: null, notifiedAt: expect.any(String) });
  },
);

const LIVES = {
  ready: ['upload.confirmed', 'video.ready'],
  'failed by a mismatch': ['upload.failed'],
  'failed by the provider': ['upload.confirmed', 'video.failed'],
  'failed by absence': ['upload.confirmed', 'video.failed'],
  expired: ['upload.expired'],
  'deleted by a call': ['upload.confirmed', 'video.delete_requested', 'video.deleted'],
  'deleted by the sweep': ['upload.confirmed', 'video.delete_requested', 'video.deleted'],
  'deleted after a mismatch': ['upload.failed', 'video.delete_requested', 'video.deleted'],
  'deleted after it expired': ['upload.expired', 'video.delete_requested', 'video.deleted'],
  'deleted before its confirm': ['upload.aborted'],
} satisfies Record<keyof typeof ENDS, readonly string[]>;

test.each(Object.entries(ENDS))(
  'whichever entries were omitted by earlier crashes, the history at the end has all events that are certain: %s',
  async (name, { begin, end }) => {
    const log = vi.spyOn(world.events, 'append').mockRejectedValue(new Error('the process ends here'));
    // A call that must write history fails, as if its process had crashed; the next call finds what it has stored.
    const ticketOf = async () => (await world.records.list({ limit: 1 })).records[0];
    const ask = world.service.getUploadUrl.bind(world.service);
    vi.spyOn(world.service, 'getUploadUrl').mockImplementation(async (...given) => {
      await codeOf(ask(...given));
      return (await ticketOf())?.ticket ?? Promise.reject(new Error('There is no ticket.'));
    });
    const remove = world.service.deleteVideo.bind(world.service);
    vi.spyOn(world.service, 'deleteVideo').mockImplementationOnce(async (...given) => {
      await codeOf(remove(...given));
      return { purged: false };
    });
    const id = await begin();
    expect(await world.history(id)).toEqual([]);
    log.mockRestore();
    await end(id);
    await world.sweepLater(60);
    const expected = Object.entries(LIVES).find(([life]) => life === name)?.[1] ?? [];
    expect(await world.history(id)).toEqual(['upload.requested', ...expected]);
  },
);

const LOGGED: Record<
  Exclude<keyof typeof ENDS, `deleted ${'after a mismatch' | 'after it expired' | 'before its confirm'}`>,
  { level: string; event: string; code?: string }
> = {
  ready: { level: 'info', event: 'video.ready' },
  'failed by a mismatch': { level: 'warn', event: 'upload.failed', code: 'TYPE_MISMATCH' },
  'failed by the provider': { level: 'warn', event: 'video.failed', code: 'MALFORMED' },
  'failed by absence': { level: 'warn', event: 'video.failed', code: 'VIDEO_NOT_FOUND' },
  expired: { level: 'info', event: 'upload.expired' },
  'deleted by a call': { level: 'info', event: 'video.deleted' },
  'deleted by the sweep': { level: 'info', event: 'video.deleted' },
};

test.each(Object.entries(LOGGED))(
  'the log has one record of the end, with the uploader: %s',
  async (name, expected) => {
    const ways = ENDS[name as keyof typeof LOGGED];
    const id = await ways.begin();
    const before = world.log.length;
    await ways.end(id);
    const whose = { backendName: 'memory', videoId: id, userId: 'ada', contextId: 'course-1' };
    const { errorMessage } = await world.record(id);
    const { event, code } = expected;
    const why = code === undefined ? {} : { message: errorMessage };
    if (code !== undefined) expect(errorMessage).toMatch(/\w/);
    expect(world.log.slice(before).filter(({ videoId }) => videoId === id)).toEqual([
      { ...whose, sizeBytes: film.byteLength, ...expected, ...why, at: expect.any(String) },
    ]);
    const { entries } = await world.events.list({ recordId: id, limit: 1 });
    const outcome = code === undefined ? 'ok' : 'failed';
    expect(entries).toMatchObject([{ event, outcome, errorCode: code ?? null, occurrence: 1, elapsedMs: null }]);
  },
);

test('the log and the history of an upload that is aborted have one record of it, with a context if there is one', async () => {
  for (const contextId of ['course-1', undefined]) {
    const { videoId } = await world.ask(ada, { contextId });
    const before = world.log.length;
    await world.service.abortUpload(ada, videoId);
    expect(world.log.slice(before)).toEqual([
      {
        ...{ at: expect.any(String), level: 'info', event: 'upload.aborted', backendName: 'memory', videoId },
        ...{ userId: 'ada', sizeBytes: film.byteLength, ...(contextId !== undefined && { contextId }) },
      },
    ]);
    expect(await world.history(videoId)).toEqual(['upload.requested', 'upload.aborted']);
  }
});

test('an upload that is aborted is in the history at once, although its storage is down', async () => {
  const { videoId } = await world.ask();
  vi.spyOn(world.storage, 'abortUpload').mockRejectedValueOnce(new StoreUnavailableError());
  await codeOf(world.service.abortUpload(ada, videoId));
  expect(await world.record(videoId)).toMatchObject({ status: 'deleting' });
  expect(await world.history(videoId)).toEqual(['upload.requested', 'upload.aborted']);
});

test('an upload with undetermined content that is aborted is recorded as aborted, not as failed', async () => {
  const id = await world.upload();
  vi.spyOn(world.storage, 'confirmUpload').mockRejectedValueOnce(new ContentUnverifiableError());
  await codeOf(world.service.confirmUpload(ada, id));
  expect(await world.record(id)).toMatchObject({ status: 'pending', errorCode: 'CONTENT_UNVERIFIABLE' });
  await world.service.abortUpload(ada, id);
  expect(await world.history(id)).toEqual(['upload.requested', 'upload.aborted']);
  expect(await world.record(id)).toMatchObject({ status: 'deleted', errorCode: null, errorMessage: null });
});

test('the delete of a refused upload is logged as a delete', async () => {
  const id = await ENDS['failed by a mismatch'].begin();
  await ENDS['failed by a mismatch'].end(id);
  const before = world.log.length;
  await world.service.deleteVideo(teacher, id);
  const events = world.log.slice(before).filter(({ videoId }) => videoId === id);
  // The error code and the message are those of the refusal, which is logged once.
  expect(events.map(({ event, code, message }) => [event, code, message])).toEqual([
    ['video.delete_requested', undefined, undefined],
    ['video.deleted', undefined, undefined],
  ]);
});

test('the history of an upload that was never created does not contain its request', async () => {
  vi.spyOn(world.storage, 'getUploadUrl').mockRejectedValueOnce(new StoreUnavailableError());
  await codeOf(world.service.getUploadUrl(ada, world.request(), { idempotencyKey: 'one' }));
  const [{ id = '' } = {}] = (await world.records.list({ limit: 1 })).records;
  expect(await world.record(id)).toMatchObject({ status: 'pending', videoId: null });
  await world.service.deleteVideo(teacher, id);
  expect(await world.history(id)).toEqual(['upload.aborted']);
});

test('a confirm that is repeated when everything is done writes nothing', async () => {
  const { videoId } = await world.readyVideo();
  const record = await world.record(videoId);
  const [schedule, append] = [vi.spyOn(world.records, 'schedule'), vi.spyOn(world.events, 'append')];
  await world.service.confirmUpload(ada, videoId);
  await world.sweepLater(60);
  expect(await world.record(videoId)).toEqual(record);
  expect([schedule.mock.calls, append.mock.calls]).toEqual([[], []]);
});

test('a delete that is repeated when everything is done writes nothing', async () => {
  const { videoId } = await world.readyVideo();
  await world.service.deleteVideo(teacher, videoId);
  const record = await world.record(videoId);
  const schedule = vi.spyOn(world.records, 'schedule');
  expect(await world.service.deleteVideo(teacher, videoId)).toEqual({ purged: true });
  expect(await world.record(videoId)).toEqual(record);
  expect([schedule.mock.calls, world.hookCalls.length]).toEqual([[], 2]);
});

test('the log has the duration if it is known, and does not name an erased person', async () => {
  const id = await processing();
  const video = await world.storage.getVideoMetadata((await world.record(id)).videoId ?? '');
  const ready = { ...video, status: 'ready', playable: true, durationSeconds: 5 } as const;
  vi.spyOn(world.storage, 'getVideoMetadata').mockResolvedValueOnce(ready);
  await world.sweepLater(60);
  await world.service.eraseUser('ada');
  const ends = world.log.filter(({ event, videoId }) => videoId === id && /^video\.(?:ready|deleted)$/.test(event));
  expect(ends.map(({ event, userId, durationSeconds }) => [event, userId, durationSeconds])).toEqual([
    ['video.ready', 'ada', 5],
    ['video.deleted', undefined, 5],
  ]);
});

test.each([
  [new Error('the gradebook is down'), 'INTERNAL', 'Error: the gradebook is down'],
  [new StoreUnavailableError('The gradebook is locked.'), 'STORE_UNAVAILABLE', 'The gradebook is locked.'],
])('a hook that fails with %s is logged with its code and reason', async (error, code, message) => {
  const { videoId } = await world.readyVideo();
  world.hookError = error;
  await world.service.deleteVideo(teacher, videoId);
  expect(world.log.filter(({ event }) => event === 'hook.failed')).toEqual([
    {
      ...{ at: expect.any(String), level: 'error', event: 'hook.failed', videoId, backendName: 'memory' },
      ...{ operation: 'deleted', code, message },
    },
  ]);
});

test('a change is VIDEO_NOT_FOUND when the record is gone at the next try', async () => {
  const { videoId } = await world.readyVideo();
  vi.spyOn(world.records, 'update').mockImplementationOnce(async () => {
    vi.spyOn(world.records, 'get').mockResolvedValueOnce(undefined);
    return undefined;
  });
  expect(await codeOf(world.service.deleteVideo(teacher, videoId))).toBe('VIDEO_NOT_FOUND');
});

test('an entry that is written late names the uploader, not the actor of the end, and nobody once the person is to be erased', async () => {
  const service = world.node({ authorize: () => true });
  const lost = async () => {
    const id = await world.upload();
    vi.spyOn(world.events, 'append').mockRejectedValueOnce(new Error('the process ends here'));
    await service.confirmUpload({ userId: 'tutor', roles: ['assistant'] }, id);
    return id;
  };
  const confirmedBy = async (recordId: string) => {
    const { entries } = await world.events.list({ recordId, events: ['upload.confirmed'], limit: 2 });
    return entries.map(({ userId, role, outcome, errorCode }) => [userId, role, outcome, errorCode]);
  };
  const one = await lost();
  await service.deleteVideo(teacher, one);
  expect(await confirmedBy(one)).toEqual([['ada', null, 'ok', null]]);
  const other = await lost();
  await service.eraseUser('ada');
  expect(await confirmedBy(other)).toEqual([[null, null, 'ok', null]]);
});

test('a hook that has succeeded is not called again when its record is due once more', async () => {
  const { videoId } = await world.readyVideo();
  const { version } = await world.record(videoId);
  await world.records.schedule(videoId, version, { dueInSeconds: 0 });
  expect(await world.sweepLater(0)).toMatchObject({ examined: 1, notified: 0 });
  expect(world.hookCalls).toHaveLength(1);
  expect(await dueInSeconds(videoId)).toBeNull();
});

test('a hook that fails is called again a minute later, not at once', async () => {
  const { videoId } = await world.readyVideo();
  world.hookError = new Error('the gradebook is down');
  const schedule = vi.spyOn(world.records, 'schedule');
  expect(await world.service.deleteVideo(teacher, videoId)).toEqual({ purged: true });
  expect(await dueInSeconds(videoId)).toBe(60);
  expect(schedule).toHaveBeenCalledTimes(1);
});

test('a hook that fails again is called a minute later, however old its video is', async () => {
  const { videoId: id } = await world.readyVideo();
  world.clock.advance(24 * HOUR * 1000);
  world.hookError = new Error('the gradebook is down');
  await world.service.deleteVideo(teacher, id);
  expect(await world.sweepLater(60)).toMatchObject({ failures: [{ id, code: 'INTERNAL' }] });
  expect(await world.sweepLater(59)).toMatchObject({ examined: 0 });
  world.hookError = undefined;
  expect(await world.sweepLater(1)).toMatchObject({ notified: 1, failures: [] });
});

test('history names who confirmed and who deleted with their first role, not the uploader', async () => {
  const service = world.node({ authorize: () => true });
  const id = await world.upload();
  await service.confirmUpload({ userId: 'tutor', roles: ['assistant', 'student'] }, id);
  await service.deleteVideo(teacher, id);
  const { entries } = await world.events.list({ recordId: id, limit: 100 });
  expect(entries.map(({ event, userId, role }) => [event, userId, role]).reverse()).toEqual([
    ['upload.requested', 'ada', null],
    ['upload.confirmed', 'tutor', 'assistant'],
    ['video.delete_requested', 'ms-byron', 'teacher'],
    ['video.deleted', 'ms-byron', 'teacher'],
  ]);
});

test('a hook that changes its own record is still called only once', async () => {
  const hook = vi.fn(async ({ id }: VideoRecord) => {
    await world.service.updateVideo(teacher, id, { fileName: 'seen.mp4' });
  });
  const service = world.node({ hooks: { onVideoReady: hook } });
  const id = await processing();
  world.storage.provider.settle();
  await service.handleWebhook('memory', await world.webhook(id));
  expect(await world.record(id)).toMatchObject({ fileName: 'seen.mp4', dueAt: null, notifiedAt: expect.any(String) });
  world.clock.advance(HOUR * 1000);
  await service.sweep({ storages: false });
  expect(hook).toHaveBeenCalledTimes(1);
});
