import { VideoNotFoundError } from '@videostorage/core';
import { beforeEach, expect, test, vi } from 'vitest';
import { codeOf } from '../test-support/code-of.ts';
import { ada, film, ServiceWorld, teacher } from '../test-support/service-world.ts';

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
const deleting = async () => {
  const { videoId } = await world.readyVideo();
  vi.spyOn(world.storage, 'deleteVideo').mockResolvedValueOnce({ purged: false });
  await world.service.deleteVideo(teacher, videoId);
  return videoId;
};
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
      const failure = { code: 'UNKNOWN', message: 'It broke.' } as const;
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
};

test.each(Object.entries(ENDS))(
  'a process that crashes before history and hook leaves a record that is due at once: %s',
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
    expect(calls).toEqual(
      moved.status === 'expired' ? [] : [{ hook: moved.status, id, statusVersion: moved.statusVersion }],
    );
    expect(await world.record(id)).toMatchObject({ dueAt: null, notifiedAt: expect.any(String) });
  },
);

test('a hook that has succeeded is not called again, should its record be due once more', async () => {
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
  expect(await world.service.deleteVideo(teacher, videoId)).toEqual({ purged: true });
  expect(await dueInSeconds(videoId)).toBe(60);
});

test('history names who confirmed and who deleted, not the uploader', async () => {
  const service = world.node({ authorize: () => true });
  const id = await world.upload();
  await service.confirmUpload({ userId: 'tutor', roles: ['assistant'] }, id);
  await service.deleteVideo(teacher, id);
  const { entries } = await world.events.list({ recordId: id, limit: 100 });
  expect(entries.map(({ event, userId, role }) => [event, userId, role]).reverse()).toEqual([
    ['upload.requested', 'ada', null],
    ['upload.confirmed', 'tutor', 'assistant'],
    ['video.delete_requested', 'ms-byron', 'teacher'],
    ['video.deleted', 'ms-byron', 'teacher'],
  ]);
});
