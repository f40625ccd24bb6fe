import type { VideoStorage } from '@videostorage/core';
import { beforeEach, describe, expect, test, vi } from 'vitest';
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

describe('a list', () => {
  const text = 'must be text.';
  test.each([
    [{ contextID: 'course-1' }, '`contextID` is not an option; do you mean `contextId`?'],
    [{ tenantId: 'one' }, expect.stringContaining('`tenantId` is not an option')],
    [{ statuses: 'ready' }, "`statuses` must be a list of statuses, for instance ['ready']."],
    [{ statuses: ['toString'] }, "`statuses` must be a list of statuses, for instance ['ready']."],
    [{ order: 'desc' }, '`order` must be newest or oldest.'],
    [{ contextId: null }, `\`contextId\` ${text}`],
    [{ text: ['a'] }, `\`text\` ${text}`],
    [{ limit: 1001 }, '`limit` must be a whole number from 1 to 1000.'],
    [null, 'The options must be an object.'],
  ])('of videos is not made of what was misspelt: %j', async (query, message) => {
    const { service } = world;
    const refused = { code: 'VALIDATION_FAILED', problems: [{ message }] };
    await expect(Reflect.apply(service.listVideos, service, [teacher, query])).rejects.toMatchObject(refused);
  });

  test.each([
    [{ record: 'a'.repeat(32) }, expect.stringContaining('`record` is not an option')],
    [{ events: 'video.ready' }, "`events` must be a list of events, for instance ['video.ready']."],
    [{ outcome: 'refused' }, '`outcome` must be ok, denied or failed.'],
    [{ from: 7 }, `\`from\` ${text}`],
  ])('of events is not made of what was misspelt: %j', async (query, message) => {
    const { service } = world;
    const refused = { code: 'VALIDATION_FAILED', problems: [{ message }] };
    await expect(Reflect.apply(service.listEvents, service, [teacher, query])).rejects.toMatchObject(refused);
  });

  test('is continued by its page as the query of the next one', async () => {
    const [first, second] = [await world.readyVideo(), await world.readyVideo()];
    const query = { order: 'oldest', limit: 1 } as const;
    const page = await world.service.listVideos(teacher, query);
    expect(page.videos.map(({ videoId }) => videoId)).toEqual([first.videoId]);
    const next = await world.service.listVideos(teacher, { ...query, ...page });
    expect(next.videos.map(({ videoId }) => videoId)).toEqual([second.videoId]);
    const latest = await world.service.listEvents(teacher, { limit: 1 });
    const earlier = await world.service.listEvents(teacher, { ...latest });
    expect(earlier.entries.map(({ id }) => id)).not.toContain(latest.entries[0]?.id);
  });

  test('takes its filters from the getters of a class too', async () => {
    const { videoId } = await world.readyVideo();
    await world.readyVideo(ada, { contextId: 'course-2' });
    class OfCourse {
      get contextId() {
        return 'course-1';
      }
    }
    const { videos } = await world.service.listVideos(teacher, new OfCourse());
    expect(videos.map((video) => video.videoId)).toEqual([videoId]);
    const { entries } = await world.service.listEvents(teacher, new OfCourse());
    expect(new Set(entries.map(({ contextId }) => contextId))).toEqual(new Set(['course-1']));
  });
});

test.each([
  [{ filename: 'b.mp4' }, '`filename` is not an option; do you mean `fileName`?'],
  [null, 'The options must be an object.'],
])('an update of %j is refused, and nothing is changed', async (body, message) => {
  const { videoId } = await world.readyVideo();
  const { version } = await world.record(videoId);
  const { service } = world;
  const refused = { code: 'VALIDATION_FAILED', problems: [{ message }] };
  await expect(Reflect.apply(service.updateVideo, service, [teacher, videoId, body])).rejects.toMatchObject(refused);
  expect(await world.record(videoId)).toMatchObject({ version });
});

describe('options that a class gives by getters', () => {
  test('restrict a grant, whatever class they are of', async () => {
    const { videoId } = await world.readyVideo();
    class Restricted {
      get ipRange() {
        return '192.0.2.7';
      }
    }
    class Short extends Restricted {
      readonly expiresInSeconds = 60;
    }
    const playback = await world.storage.getPlaybackUrl((await world.record(videoId)).videoId ?? '');
    const issue = vi.spyOn(world.storage, 'getPlaybackUrl').mockResolvedValue(playback);
    await world.service.getPlaybackUrl(teacher, videoId, {}, new Short());
    const kind = undefined;
    expect(issue.mock.lastCall?.[1]).toStrictEqual({
      ...{ ipRange: '192.0.2.7', expiresInSeconds: 60, kind },
      viewer: { userId: 'ms-byron', role: 'teacher', contextId: 'course-1' },
    });
    await world.service.getPlaybackUrl(teacher, videoId, {}, Object.create(null));
    expect(Object.keys(issue.mock.lastCall?.[1] ?? {})).toEqual(['kind', 'viewer']);
  });

  test('make a sweep a dry run', async () => {
    const { videoId } = await world.readyVideo();
    class Trial {
      get dryRun() {
        return true;
      }
    }
    const service = world.node({ retainFor: () => 0 });
    expect(await service.sweep(new Trial())).toMatchObject({ retentionEnded: 1 });
    expect(await world.record(videoId)).toMatchObject({ status: 'ready' });
  });
});
