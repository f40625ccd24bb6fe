import type { VideoStorage } from '@videostorage/core';
import { beforeEach, describe, expect, test } from 'vitest';
import { codeOf } from '../test-support/code-of.ts';
import { ada, bob, ServiceWorld, teacher } from '../test-support/service-world.ts';
import type { Authorize } from './actor.ts';

let world: ServiceWorld;
beforeEach(() => {
  world = new ServiceWorld();
});

describe('what an administrator’s page asks', () => {
  test('the history of a video says who has watched it, as whom, and who was refused; its uploader may not read it', async () => {
    const { videoId } = await world.readyVideo();
    const other = await world.readyVideo();
    for (const viewer of [ada, teacher]) await world.service.getPlaybackUrl(viewer, videoId);
    await world.service.getPlaybackUrl(teacher, other.videoId);
    await codeOf(world.service.getPlaybackUrl(bob, videoId));
    const authorize: Authorize = ({ actor, operation }) =>
      operation !== 'events.read' || actor.roles.includes('teacher');
    const service = world.node({ authorize });
    const watched = await service.listEvents(teacher, { recordId: videoId, events: ['playback.issued'] });
    expect(watched.entries.map(({ userId, role }) => [userId, role])).toEqual([
      ['ms-byron', 'teacher'],
      ['ada', 'student'],
    ]);
    const { entries } = await service.listEvents(teacher, { recordId: videoId });
    expect(entries.map(({ event }) => event).reverse()).toEqual([
      ...['upload.requested', 'upload.confirmed', 'video.ready'],
      ...['playback.issued', 'playback.issued', 'playback.denied'],
    ]);
    expect(await codeOf(service.listEvents(ada, { recordId: videoId }))).toBe('VIDEO_NOT_FOUND');
    expect(await codeOf(service.listEvents(ada))).toBe('ACCESS_DENIED');
  });

  test('usage costs what each storage says, by its name', async () => {
    const plain: VideoStorage = world.storage;
    const free = plain.estimateCost({ storedBytes: 0, views: 0 });
    const dear = Object.defineProperties(Object.create(world.storage), {
      backendName: { value: 'dear' },
      estimateCost: { value: () => ({ ...free, monthlyUsd: 9 }) },
    });
    await world.readyVideo();
    const service = world.node({ storages: [world.storage, dear] });
    const usage = await service.usage('global', '');
    expect(service.estimateCost(usage)).toEqual([
      expect.objectContaining({ backendName: 'memory', monthlyUsd: free.monthlyUsd }),
      expect.objectContaining({ backendName: 'dear', monthlyUsd: 9 }),
    ]);
  });
});

test('usage is in bytes, videos and minutes; what is pending counts with the limits that it set', async () => {
  const { sizeBytes } = world.request();
  await world.ask(ada, { maxDurationSeconds: 90 });
  expect(await world.service.usage('user', 'ada')).toEqual({
    ...{ storedBytes: sizeBytes, views: 0, videos: 0, storedMinutes: 1.5 },
  });
  await world.readyVideo();
  expect(await world.service.usage('user', 'ada')).toMatchObject({ storedBytes: 2 * sizeBytes, videos: 1 });
});
