import { ContentMismatchError, ContentUnverifiableError, VideoNotFoundError } from '@videostorage/core';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { codeOf } from '../test-support/code-of.ts';
import { ada, film, ServiceWorld, teacher } from '../test-support/service-world.ts';
import type { Actor, Authorize } from './actor.ts';
import type { VideoService } from './video-service.ts';

/** The calls of an actor. A method that is added to the service without its case in a table of these does not compile. */
type ActorMethod = {
  [Name in keyof VideoService]: VideoService[Name] extends (actor: Actor, ...rest: never[]) => unknown ? Name : never;
}[keyof VideoService];

let world: ServiceWorld;
beforeEach(() => {
  world = new ServiceWorld();
});

test('without `authorize` every call of an actor is refused, and nothing is changed', async () => {
  world = new ServiceWorld({ multipart: true });
  const [upload, { videoId }] = [(await world.ask()).uploadReference, await world.readyVideo()];
  const before = await Promise.all([world.record(upload), world.record(videoId)]);
  const closed = world.node({ authorize: undefined });
  const refused: Readonly<Record<ActorMethod, readonly [code: string, call: () => Promise<unknown>]>> = {
    getUploadUrl: ['ACCESS_DENIED', () => closed.getUploadUrl(ada, world.request())],
    getUpload: ['VIDEO_NOT_FOUND', () => closed.getUpload(ada, upload)],
    signParts: ['VIDEO_NOT_FOUND', () => closed.signParts(ada, upload, [1])],
    confirmUpload: ['VIDEO_NOT_FOUND', () => closed.confirmUpload(ada, upload)],
    abortUpload: ['VIDEO_NOT_FOUND', () => closed.abortUpload(ada, upload)],
    getPlaybackUrl: ['VIDEO_NOT_FOUND', () => closed.getPlaybackUrl(ada, videoId)],
    getVideo: ['VIDEO_NOT_FOUND', () => closed.getVideo(ada, videoId)],
    listVideos: ['ACCESS_DENIED', () => closed.listVideos(ada)],
    updateVideo: ['VIDEO_NOT_FOUND', () => closed.updateVideo(ada, videoId, { fileName: 'b.mp4' })],
    deleteVideo: ['VIDEO_NOT_FOUND', () => closed.deleteVideo(ada, videoId)],
    listEvents: ['ACCESS_DENIED', () => closed.listEvents(ada)],
  };
  for (const [name, [code, call]] of Object.entries(refused))
    expect([name, await codeOf(call())]).toEqual([name, code]);
  expect(await codeOf(closed.listEvents(ada, { recordId: videoId }))).toBe('VIDEO_NOT_FOUND');
  expect(await Promise.all([world.record(upload), world.record(videoId)])).toEqual(before);
  expect((await world.records.list({ limit: 10 })).records).toHaveLength(2);
});

test('T-E9: a user whose session spells the id in another Unicode form is the same user, in every call', async () => {
  const [composed, decomposed] = ['Zo\u00eb', 'Zoe\u0308'].map((userId) => ({ userId, roles: [], tenantId: userId }));
  if (composed === undefined || decomposed === undefined) throw new Error('There are two.');
  const asked = vi.fn<Authorize>(({ actor, record }) => record === undefined || record.userId === actor.userId);
  const service = world.node({ authorize: asked });
  const { userId, roles, tenantId } = composed;
  const request = world.request({ contextId: decomposed.userId });
  const ticket = await service.getUploadUrl(decomposed, request);
  await world.send(ticket, film, composed);
  const id = ticket.uploadReference;
  await service.getUpload(decomposed, id);
  await codeOf(service.signParts(decomposed, id, [1]));
  await service.confirmUpload(decomposed, id);
  world.storage.provider.settle();
  await world.sweepLater(60);
  await service.getVideo(decomposed, id);
  await service.getPlaybackUrl(decomposed, id);
  await service.updateVideo(decomposed, id, { custom: {} });
  await service.abortUpload(decomposed, id);
  const scope = { userId: decomposed.userId, contextId: decomposed.userId };
  expect((await service.listVideos(decomposed, scope)).videos).toHaveLength(1);
  expect((await service.listEvents(decomposed, scope)).entries.length).toBeGreaterThan(3);
  expect((await service.usage('user', decomposed.userId)).videos).toBe(1);
  await service.deleteVideo(decomposed, id);
  expect(asked.mock.calls.length).toBeGreaterThan(10);
  for (const [question] of asked.mock.calls) {
    expect(question).toMatchObject({ actor: { userId, roles, tenantId }, contextId: userId });
  }
  const { entries } = await world.events.list({ limit: 100 });
  expect(new Set(entries.map((entry) => entry.userId))).toEqual(new Set([userId]));
});

test('the log has the id of a refused request, also when no storage was called', async () => {
  const { service } = world;
  const { videoId } = await world.readyVideo();
  const bob = { userId: 'bob', roles: [] };
  const calls = [
    (options: object) => service.getUploadUrl(ada, world.request({ sizeBytes: -1 }), options),
    (options: object) => service.getUpload(bob, videoId, options),
    (options: object) => service.signParts(bob, videoId, [1], options),
    (options: object) => service.confirmUpload(bob, videoId, {}, options),
    (options: object) => service.abortUpload(bob, videoId, options),
    (options: object) => service.getPlaybackUrl(bob, videoId, {}, options),
    (options: object) => service.getVideo(bob, videoId, options),
    (options: object) => service.listVideos(bob, {}, options),
    (options: object) => service.listEvents(bob, {}, options),
    (options: object) => service.listEvents(bob, { recordId: videoId }, options),
    (options: object) => service.updateVideo(bob, videoId, { custom: {} }, options),
    (options: object) => service.updateVideo(ada, videoId, { custom: {} }, options),
    (options: object) => service.deleteVideo(bob, videoId, options),
    (options: object) => service.handleWebhook('memory', { rawBody: new Uint8Array(), headers: {} }, options),
    async (options: object) => service.handleWebhook('memory', await world.webhook(videoId), options),
  ];
  for (const [index, call] of calls.entries()) {
    const requestId = `r-${index}`;
    world.log.splice(0);
    await codeOf(call({ requestId }));
    expect(world.log).toMatchObject([{ requestId }]);
  }
});

test('the log says which operation was refused, to whom, and for which video if there is one', async () => {
  const { videoId } = await world.readyVideo();
  const alone = (await world.ask(ada, { contextId: undefined })).videoId;
  const bob = { userId: 'bob', roles: [] };
  const refusals = async (refused: () => Promise<unknown>) => {
    const before = world.log.length;
    await codeOf(refused());
    return world.log.slice(before);
  };
  const refused = { at: expect.any(String), level: 'warn', userId: 'bob', code: 'ACCESS_DENIED' };
  const [event, operation] = ['access.denied', 'video.read'];
  expect(await refusals(() => world.service.getVideo(bob, videoId))).toEqual([
    { ...refused, event, operation, videoId, contextId: 'course-1' },
  ]);
  expect(await refusals(() => world.service.getVideo(bob, alone))).toEqual([
    { ...refused, event, operation, videoId: alone },
  ]);
  expect(await refusals(() => world.service.getPlaybackUrl(bob, videoId))).toEqual([
    { ...refused, event: 'playback.denied', operation: 'video.play', videoId, contextId: 'course-1' },
  ]);
  expect(await refusals(() => world.service.listVideos(bob))).toEqual([{ ...refused, event, operation: 'video.list' }]);
});

describe('an actor of a tenant', () => {
  const one = { ...teacher, tenantId: 'one' };
  const two = { ...teacher, tenantId: 'two' };

  test('gets pages of the tenant’s videos, not shorter pages from which others’ were removed', async () => {
    const { videoId } = await world.readyVideo({ ...ada, tenantId: 'one' });
    for (let index = 0; index < 3; index += 1) await world.readyVideo({ ...ada, tenantId: 'two' });
    expect((await world.service.listVideos(one, { limit: 1 })).videos.map((video) => video.videoId)).toEqual([videoId]);
  });

  test('belongs to that tenant also when the tenant is a getter of a class', async () => {
    class SessionActor implements Actor {
      readonly #session = { userId: 'teacher', tenantId: 'one' };
      get userId() {
        return this.#session.userId;
      }
      get roles() {
        return ['teacher'];
      }
      get tenantId() {
        return this.#session.tenantId;
      }
    }
    const { videoId } = await world.readyVideo({ ...ada, tenantId: 'one' });
    const { videoId: foreign } = await world.readyVideo({ ...ada, tenantId: 'two' });
    const listed = await world.service.listVideos(new SessionActor());
    expect(listed.videos.map((video) => video.videoId)).toEqual([videoId]);
    expect(await codeOf(world.service.getVideo(new SessionActor(), foreign))).toBe('VIDEO_NOT_FOUND');
  });

  test('gets no video of another tenant, even from records that ignore the tenant', async () => {
    world = new ServiceWorld({ authorize: () => true });
    await world.readyVideo({ ...ada, tenantId: 'two' });
    const { videoId } = await world.readyVideo({ ...ada, tenantId: 'one' });
    const list = world.records.list.bind(world.records);
    vi.spyOn(world.records, 'list').mockImplementation(({ tenantId: _, ...query }) => list(query));
    expect((await world.service.listVideos(one)).videos.map((video) => video.videoId)).toEqual([videoId]);
  });

  test('reads only the history of the tenant’s records', async () => {
    const { videoId } = await world.readyVideo({ ...ada, tenantId: 'one' });
    await codeOf(world.ask(ada, { sizeBytes: -1 }));
    const of = async (actor: Actor, query = {}) => (await world.service.listEvents(actor, query)).entries.length;
    expect(await of(one)).toBe(3);
    expect(await of(one, { recordId: videoId })).toBe(3);
    expect(await of(two)).toBe(0);
    expect(await codeOf(world.service.listEvents(two, { recordId: videoId }))).toBe('VIDEO_NOT_FOUND');
    expect(await of(teacher)).toBe(4);
    // A record that was discarded meanwhile belongs to no tenant.
    vi.spyOn(world.records, 'get').mockResolvedValue(undefined);
    expect(await of(one)).toBe(0);
  });

  test('reads the history of more records than are looked up at once', async () => {
    for (let index = 0; index < 20; index += 1) await world.ask({ ...ada, tenantId: 'one' });
    const get = world.records.get.bind(world.records);
    let [running, most] = [0, 0];
    vi.spyOn(world.records, 'get').mockImplementation(async (id) => {
      running += 1;
      most = Math.max(most, running);
      return get(id).finally(() => {
        running -= 1;
      });
    });
    const { entries } = await world.service.listEvents(one, { events: ['upload.requested'] });
    expect(new Set(entries.map(({ recordId }) => recordId)).size).toBe(20);
    expect(most).toBe(16);
  });
});

describe('each log record of a call has its request id', () => {
  const asking = { requestId: 'r-7' };
  const HOUR = 60 * 60 * 1000;
  const refuseConfirm = (error: Error) => vi.spyOn(world.storage, 'confirmUpload').mockRejectedValueOnce(error);
  const processing = async () => {
    const id = await world.upload();
    await world.service.confirmUpload(ada, id);
    return id;
  };
  const sweepAfter = (hours: number) => () => {
    world.clock.advance(hours * HOUR);
    return world.service.sweep(asking);
  };

  test.each<[event: string, when: string, prepare: () => Promise<() => Promise<unknown>>]>([
    [
      'upload.failed',
      'what arrived is a mismatch',
      async () => {
        const id = await world.upload();
        refuseConfirm(new ContentMismatchError({ code: 'SIZE_MISMATCH', message: 'Shorter.' }));
        return () => world.service.confirmUpload(ada, id, {}, asking);
      },
    ],
    [
      'upload.failed',
      'nobody could determine the content',
      async () => {
        const id = await world.upload();
        refuseConfirm(new ContentUnverifiableError());
        await codeOf(world.service.confirmUpload(ada, id));
        return sweepAfter(50);
      },
    ],
    [
      'upload.expired',
      'nothing has arrived',
      async () => {
        await world.ask();
        return sweepAfter(50);
      },
    ],
    [
      'video.failed',
      'the provider cannot process it',
      async () => {
        const { videoId } = await world.record(await processing());
        const failure = { code: 'NOT_A_VIDEO', message: 'No.' } as const;
        const video = await world.storage.getVideoMetadata(videoId ?? '');
        vi.spyOn(world.storage, 'getVideoMetadata').mockResolvedValue({ ...video, status: 'failed', failure });
        return sweepAfter(1);
      },
    ],
    [
      'video.failed',
      'it is not at the storage any more',
      async () => {
        await processing();
        vi.spyOn(world.storage, 'getVideoMetadata').mockRejectedValue(new VideoNotFoundError());
        await world.sweepLater(60);
        return sweepAfter(1);
      },
    ],
    [
      'hook.failed',
      'a look finds it ready',
      async () => {
        const id = await processing();
        world.storage.provider.settle();
        world.hookError = new Error('the gradebook is down');
        return () => world.service.getVideo(ada, id, asking);
      },
    ],
    [
      'video.delete_requested',
      'its retention is over',
      async () => {
        world = new ServiceWorld({ retainFor: () => 1 });
        await world.readyVideo();
        return sweepAfter(48);
      },
    ],
    [
      'hook.failed',
      'its uploader is erased',
      async () => {
        await world.readyVideo();
        world.hookError = new Error('the gradebook is down');
        return () => world.service.eraseUser('ada', asking);
      },
    ],
  ])('%s, when %s', async (event, _when, prepare) => {
    const call = await prepare();
    world.log.length = 0;
    await codeOf(call());
    expect(world.log.map((line) => line.event)).toContain(event);
    expect(world.log.filter(({ requestId }) => requestId !== 'r-7')).toEqual([]);
  });
});

test('every log record of a call has its request id', async () => {
  const asking = { requestId: 'r-7' };
  const ask = () => world.service.getUploadUrl(ada, world.request(), asking);
  vi.spyOn(world.events, 'append').mockRejectedValueOnce(new Error('the history is down'));
  const ticket = await ask();
  const id = ticket.videoId;
  await world.send(ticket);
  await world.service.confirmUpload(ada, id, {}, asking);
  world.storage.provider.settle();
  world.hookError = new Error('the gradebook is down');
  await expect(world.service.handleWebhook('memory', await world.webhook(id), asking)).rejects.toBe(world.hookError);
  await world.service.deleteVideo(teacher, id, asking);
  await world.service.abortUpload(ada, (await ask()).videoId, asking);
  world.clock.advance(60_000);
  await world.service.sweep(asking);
  await world.service.eraseUser('ada', asking);
  expect(world.log.map(({ event }) => event)).toEqual([
    ...['hook.failed', 'upload.confirmed', 'webhook.accepted', 'video.ready'],
    ...['video.delete_requested', 'video.deleted', 'hook.failed', 'upload.aborted'],
    ...['request.failed', 'sweep.finished', 'person.erased'],
  ]);
  expect(world.log.filter(({ requestId }) => requestId !== 'r-7')).toEqual([]);
});
