import type { VideoStorage } from '@videostorage/core';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { codeOf } from '../test-support/code-of.ts';
import { ada, bob, ServiceWorld, teacher } from '../test-support/service-world.ts';
import type { Authorize } from './actor.ts';
import type { GrantOptions } from './video-service.ts';

let world: ServiceWorld;
beforeEach(() => {
  world = new ServiceWorld();
});

describe('what an administrator’s page queries', () => {
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

  test('the cost of usage is each storage’s estimate, by its name', async () => {
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

test('usage is in bytes, videos and minutes; pending uploads count with the limits of their requests', async () => {
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
  ])('of videos refuses an unknown or invalid member: %j', async (query, message) => {
    const { service } = world;
    const refused = { code: 'VALIDATION_FAILED', problems: [{ message }] };
    await expect(Reflect.apply(service.listVideos, service, [teacher, query])).rejects.toMatchObject(refused);
  });

  test.each([
    [{ record: 'a'.repeat(32) }, expect.stringContaining('`record` is not an option')],
    [
      { events: 'video.ready' },
      expect.stringContaining("`events` must be a list of events, for instance ['video.ready']"),
    ],
    [{ events: ['video.ready', 'video.redy'] }, expect.stringMatching(/they are upload\.requested.* video\.ready/)],
    [{ events: ['toString'] }, expect.stringContaining('`events` must be a list of events')],
    [{ outcome: 'refused' }, '`outcome` must be ok, denied or failed.'],
    [{ from: 7 }, `\`from\` ${text}`],
  ])('of events refuses an unknown or invalid member: %j', async (query, message) => {
    const { service } = world;
    const refused = { code: 'VALIDATION_FAILED', problems: [{ message }] };
    await expect(Reflect.apply(service.listEvents, service, [teacher, query])).rejects.toMatchObject(refused);
  });

  test.each(['ok', 'denied', 'failed'] as const)('of events may be limited to the outcome %s', async (outcome) => {
    const { entries } = await world.service.listEvents(teacher, { outcome });
    for (const entry of entries) expect(entry.outcome).toBe(outcome);
  });

  test('continues when its page is passed as the next query', async () => {
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

  test('reads filters from the getters of a class too', async () => {
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

test('inherited members of a request count: `authorize` gets the same context as the record', async () => {
  const { contextId: _, ...file } = world.request();
  const asked = vi.fn<Authorize>(() => true);
  const request = Object.assign(Object.create({ contextId: 'U\u0308', maxDurationSeconds: 60 }), file);
  const { videoId } = await world.node({ authorize: asked }).getUploadUrl(ada, request);
  expect(await world.record(videoId)).toMatchObject({ contextId: '\u00dc', maxDurationSeconds: 60 });
  expect(asked.mock.calls).toMatchObject([[{ contextId: '\u00dc' }]]);
});

test.each([
  ['getUploadUrl', 'maxDurationSecond', (file: object) => [{ ...file, maxDurationSecond: 60 }]],
  ['getUploadUrl', 'userId', (file: object) => [{ ...file, userId: 'bob' }]],
  ['confirmUpload', 'timeoutMs', () => ['0'.repeat(32), { timeoutMs: 5000 }]],
  ['getPlaybackUrl', 'expiresInSeconds', () => ['0'.repeat(32), { expiresInSeconds: 60 }]],
  ['getPlaybackUrl', '', () => ['0'.repeat(32), null]],
] as const)(
  '%s refuses unknown members of its body before `authorize` or the storage is called: %j',
  async (name, path, given) => {
    const asked = vi.fn<Authorize>(() => true);
    const service = world.node({ authorize: asked });
    const answer = Reflect.apply(service[name], service, [ada, ...given(world.request())]);
    await expect(answer).rejects.toMatchObject({ code: 'VALIDATION_FAILED', problems: [{ path }] });
    expect(asked).not.toHaveBeenCalled();
  },
);

describe('options of a class of the host app', () => {
  class Restricted {
    readonly #counts: unknown[] = [];
    get expiresInSeconds(): number {
      return 60;
    }
    get lengthOfName(): number {
      return expect.unreachable('This is not an option.');
    }
    get counts(): readonly unknown[] {
      return this.#counts;
    }
    onRateLimit(counts: unknown): void {
      this.#counts.push(counts);
    }
  }

  test('restrict a grant, whether they are inherited or getters; a method keeps its `this`', async () => {
    const { videoId } = await world.readyVideo();
    const seconds = async (options: GrantOptions) => {
      const { expiresAt } = await world.service.getPlaybackUrl(teacher, videoId, {}, options);
      return (Date.parse(expiresAt) - world.clock.now()) / 1000;
    };
    const own = new Restricted();
    expect([await seconds(own), own.counts]).toEqual([60, [[]]]);
    expect(await seconds(Object.create({ expiresInSeconds: 30 }))).toBe(30);
    expect(await seconds(Object.create(Object.assign(Object.create(null), { expiresInSeconds: 30 })))).toBe(30);
    expect(await seconds(Object.create(null))).toBe(3600);
    const misspelt = Object.assign(new Restricted(), { ipRnge: '192.0.2.7' });
    await expect(seconds(misspelt)).rejects.toMatchObject({ problems: [{ path: 'ipRnge' }] });
  });

  test('reach the storage with each call, with the uploader’s id, which the service adds, whoever the actor is', async () => {
    world = new ServiceWorld({ multipart: true });
    const { storage } = world;
    const service = world.node({ authorize: () => true });
    const { signal } = new AbortController();
    class Call {
      get signal() {
        return signal;
      }
      get timeoutMs() {
        return 1234;
      }
    }
    const asked = [
      vi.spyOn(storage, 'getUploadUrl'),
      vi.spyOn(storage.multipart, 'listParts'),
      vi.spyOn(storage.multipart, 'signParts'),
      vi.spyOn(storage, 'confirmUpload'),
      vi.spyOn(storage, 'abortUpload'),
    ];
    const { uploadReference } = await service.getUploadUrl(ada, world.request(), new Call());
    await service.getUpload(teacher, uploadReference, new Call());
    await service.signParts(teacher, uploadReference, [1], new Call());
    await codeOf(service.confirmUpload(teacher, uploadReference, {}, new Call()));
    await service.abortUpload(teacher, uploadReference, new Call());
    const passed = asked.map(({ mock }) => Object(mock.lastCall?.at(-1)));
    const ofAda = [true, 1234, 'ada'];
    expect(passed.map((options) => [options.signal === signal, options.timeoutMs, options.userId])).toEqual([
      ...[[true, 1234, undefined], ofAda, ofAda, ofAda, ofAda],
    ]);
  });

  test('may be those of an actor: `authorize` gets the actor with its methods, and with its id as in the records', async () => {
    class User {
      readonly #schools: readonly string[] = ['one'];
      readonly roles: readonly string[] = [];
      get userId(): string {
        return 'U\u0308';
      }
      isOf(school: string): boolean {
        return this.#schools.includes(school);
      }
    }
    const asked: string[] = [];
    const authorize: Authorize = ({ actor }) => {
      asked.push(actor.userId);
      return Reflect.apply(Reflect.get(actor, 'isOf'), undefined, ['one']);
    };
    await world.node({ authorize }).listVideos(new User());
    expect(asked).toEqual(['\u00dc']);
  });

  test('end a sweep, and change a video', async () => {
    const { videoId } = await world.readyVideo();
    const reason = new Error('gone');
    class Ended {
      get signal() {
        return AbortSignal.abort(reason);
      }
    }
    await expect(world.service.sweep(new Ended())).rejects.toBe(reason);
    class Renamed {
      get fileName() {
        return 'other.mp4';
      }
    }
    expect(await world.service.updateVideo(teacher, videoId, new Renamed())).toMatchObject({ fileName: 'other.mp4' });
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
