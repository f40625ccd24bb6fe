import { beforeEach, describe, expect, test, vi } from 'vitest';
import { codeOf } from '../test-support/code-of.ts';
import { ada, bob, ServiceWorld, teacher } from '../test-support/service-world.ts';
import type { Actor, Authorize } from './actor.ts';

let world: ServiceWorld;
beforeEach(() => {
  world = new ServiceWorld();
});

test.each([{ timeoutMs: 0 }, { timeoutMs: Number.NaN }, { timeoutMs: '5' }, { timeoutMs: null }, { dryRun: true }])(
  'an invalid deadline and an unknown option are refused by every call, and nothing is changed: %j',
  async (options) => {
    const { videoId } = await world.readyVideo();
    const upload = await world.upload();
    const changed = [
      vi.spyOn(world.records, 'update'),
      vi.spyOn(world.records, 'insert'),
      vi.spyOn(world.records, 'lease'),
      vi.spyOn(world.events, 'erase'),
    ];
    const { service } = world;
    const calls: readonly (readonly [call: (...args: never[]) => Promise<unknown>, ...args: readonly unknown[]])[] = [
      [service.getUploadUrl, ada, world.request()],
      [service.getUpload, ada, upload],
      [service.signParts, ada, upload, [1]],
      [service.confirmUpload, ada, upload, {}],
      [service.abortUpload, ada, upload],
      [service.getPlaybackUrl, teacher, videoId, {}],
      [service.getVideo, teacher, videoId],
      [service.listVideos, teacher, {}],
      [service.updateVideo, teacher, videoId, { fileName: 'b.mp4' }],
      [service.deleteVideo, teacher, videoId],
      [service.listEvents, teacher, {}],
      [service.eraseUser, 'ada'],
      [service.handleWebhook, 'memory', await world.webhook(videoId)],
      ...('dryRun' in options ? [] : [[service.sweep] as const]),
    ];
    for (const [call, ...args] of calls) {
      await expect(Reflect.apply(call, service, [...args, options])).rejects.toMatchObject({
        ...{ code: 'VALIDATION_FAILED', problems: [{ path: Object.keys(options)[0] }] },
      });
    }
    expect(changed.map(({ mock }) => mock.calls.length)).toEqual([0, 0, 0, 0]);
  },
);

describe('the whole workflow', () => {
  test('request, upload, confirm, process, play, delete: each step is recorded once', async () => {
    const ticket = await world.ask();
    expect(ticket.uploadReference).toMatch(/^[0-9a-f]{32}$/);
    expect(ticket.videoId).toBe(ticket.uploadReference);
    const id = ticket.videoId;
    expect(await world.record(id)).toMatchObject({ status: 'pending', userId: 'ada', contextId: 'course-1' });
    await world.send(ticket);
    expect(await world.service.confirmUpload(ada, id)).toMatchObject({ videoId: id, status: 'processing' });
    world.storage.provider.settle();
    await world.sweepLater(60);
    expect(await world.service.getVideo(teacher, id)).toMatchObject({
      ...{ videoId: id, status: 'ready', playable: true, userId: 'ada', contextId: 'course-1' },
      ...{ fileName: 'moov-first.mp4', mimeType: 'video/mp4' },
    });
    const playback = await world.service.getPlaybackUrl(teacher, id);
    expect(playback.videoId).toBe(id);
    expect((await world.storage.fetch(new Request(playback.url))).status).toBe(200);
    expect(await world.service.deleteVideo(teacher, id)).toEqual({ purged: true });
    expect((await world.storage.fetch(new Request(playback.url))).status).toBe(404);
    expect(await codeOf(world.service.getPlaybackUrl(teacher, id))).toBe('VIDEO_NOT_FOUND');
    expect(await world.history(id)).toEqual([
      ...['upload.requested', 'upload.confirmed', 'video.ready', 'video.delete_requested', 'video.deleted'],
    ]);
    expect(world.hookCalls.map(({ hook }) => hook)).toEqual(['ready', 'deleted']);
    expect(await world.events.verify(id)).toBeUndefined();
  });

  test('no id and no reference of the storage is in what a browser gets', async () => {
    const ticket = await world.ask();
    const { videoId, uploadReference } = await world.record(ticket.videoId);
    const state = await world.service.getUpload(ada, ticket.uploadReference);
    for (const text of [JSON.stringify(state), JSON.stringify({ ...ticket, url: '' })]) {
      expect(text).not.toContain(uploadReference);
      expect(text.replaceAll(/"url":"[^"]*"/g, '')).not.toContain(`"${videoId}"`);
    }
  });

  test('a video that is still processed is not played: CONFLICT, not absence', async () => {
    const id = await world.upload();
    await world.service.confirmUpload(ada, id);
    await expect(world.service.getPlaybackUrl(teacher, id)).rejects.toMatchObject({
      ...{ code: 'CONFLICT', message: 'The video is still being processed.' },
    });
  });

  test('an abort releases a pending upload, and changes nothing about a video', async () => {
    const ticket = await world.ask();
    await world.service.abortUpload(ada, ticket.uploadReference);
    const ended = { status: 'deleted', uploadedAt: null, uploadReference: null, ticket: null };
    expect(await world.record(ticket.videoId)).toMatchObject(ended);
    expect(await codeOf(world.send(ticket))).toContain('refused');
    expect(await world.history(ticket.videoId)).toEqual(['upload.requested', 'upload.aborted']);
    expect(world.hookCalls).toEqual([]);
    const { videoId } = await world.readyVideo();
    await world.service.abortUpload(ada, videoId);
    expect(await world.service.getVideo(teacher, videoId)).toMatchObject({ status: 'ready' });
  });

  test('an abort of a video that is being deleted leaves the delete to who requested it', async () => {
    const { videoId } = await world.readyVideo();
    const remove = vi.spyOn(world.storage, 'deleteVideo').mockResolvedValue({ purged: false });
    await world.service.deleteVideo(teacher, videoId);
    await world.service.abortUpload(ada, videoId);
    expect(remove).toHaveBeenCalledTimes(1);
  });
});

describe('T-C1: missing, forged, another user’s and another tenant’s videos get one answer', () => {
  const calls = (actor: Actor, id: string) => [
    world.service.getUpload(actor, id),
    world.service.signParts(actor, id, [1]),
    world.service.confirmUpload(actor, id),
    world.service.abortUpload(actor, id),
    world.service.getPlaybackUrl(actor, id),
    world.service.getVideo(actor, id),
    world.service.updateVideo(actor, id, { custom: {} }),
    world.service.deleteVideo(actor, id),
  ];

  test.each([
    ...['0'.repeat(32), 'x', '', '../../etc/passwd', 'A'.repeat(32)],
    ...['0'.repeat(33), `${'0'.repeat(32)}\n`, `x${'0'.repeat(32)}`],
  ])('an id like %j', async (id) => {
    const get = vi.spyOn(world.records, 'get');
    for (const call of calls(teacher, id)) await expect(call).rejects.toMatchObject({ code: 'VIDEO_NOT_FOUND' });
    // Text that is not one of our ids is not looked up in the database.
    expect(get.mock.calls.length).toBe(/^[0-9a-f]{32}$/.test(id) ? 8 : 0);
  });

  test('another’s, with a line in history for each refusal', async () => {
    const id = await world.upload();
    for (const call of calls(bob, id)) await expect(call).rejects.toMatchObject({ code: 'VIDEO_NOT_FOUND' });
    const { entries } = await world.events.list({ recordId: id, outcome: 'denied', limit: 100 });
    expect(entries).toHaveLength(8);
    expect(entries.every(({ userId, role }) => userId === 'bob' && role === 'student')).toBe(true);
    expect(entries.filter(({ event }) => event === 'playback.denied')).toHaveLength(1);
    const denied = world.log.filter(({ event }) => event === 'access.denied' || event === 'playback.denied');
    expect(denied).toHaveLength(8);
    const about = { level: 'warn', userId: 'bob', videoId: id, contextId: 'course-1', code: 'ACCESS_DENIED' };
    for (const record of denied) expect(record).toMatchObject(about);
    expect(denied.find(({ event }) => event === 'playback.denied')?.operation).toBe('video.play');
    expect(await world.record(id)).toMatchObject({ status: 'pending', version: 2 });
  });

  test('another tenant’s, whatever `authorize` says', async () => {
    world = new ServiceWorld({ authorize: () => true });
    const inOne = { ...ada, tenantId: 'one' };
    const id = await world.upload(inOne);
    for (const call of calls({ ...teacher, tenantId: 'two' }, id)) {
      await expect(call).rejects.toMatchObject({ code: 'VIDEO_NOT_FOUND' });
    }
    const ofNone = await world.upload();
    for (const call of calls({ ...teacher, tenantId: 'two' }, ofNone)) {
      await expect(call).rejects.toMatchObject({ code: 'VIDEO_NOT_FOUND' });
    }
    await world.service.confirmUpload(inOne, id);
    expect((await world.service.listVideos({ ...teacher, tenantId: 'two' })).videos).toEqual([]);
    expect((await world.service.listVideos(inOne)).videos).toHaveLength(1);
  });
});

describe('rights', () => {
  test('each call passes its own operation to `authorize`, with the record and its context', async () => {
    const asked = vi.fn<Authorize>(() => true);
    const service = world.node({ authorize: asked });
    const id = (await world.ask()).uploadReference;
    await codeOf(service.getUpload(ada, id));
    await codeOf(service.signParts(ada, id, [1]));
    await codeOf(service.confirmUpload(ada, id));
    await codeOf(service.getVideo(ada, id));
    await codeOf(service.updateVideo(ada, id, {}));
    await codeOf(service.getPlaybackUrl(ada, id));
    await codeOf(service.listEvents(ada, { recordId: id }));
    await codeOf(service.abortUpload(ada, id));
    await codeOf(service.deleteVideo(ada, id));
    expect(asked.mock.calls.map(([{ operation }]) => operation)).toEqual([
      ...['upload.read', 'upload.confirm', 'upload.confirm', 'video.read', 'video.update', 'video.play'],
      ...['events.read', 'upload.abort', 'video.delete'],
    ]);
    for (const [question] of asked.mock.calls) {
      expect(question).toMatchObject({ actor: ada, contextId: 'course-1', record: { id } });
    }
    asked.mockClear();
    await codeOf(service.getUploadUrl(ada, world.request()));
    await codeOf(service.listEvents(ada, { contextId: 'course-1', userId: 'bob' }));
    expect(asked.mock.calls).toEqual([
      [{ actor: ada, operation: 'upload.request', contextId: 'course-1' }],
      [{ actor: ada, operation: 'events.read', contextId: 'course-1', userId: 'bob' }],
    ]);
  });

  test('a list calls `authorize` for each video', async () => {
    const { videoId } = await world.readyVideo();
    const asked = vi.fn<Authorize>(() => true);
    await world.node({ authorize: asked }).listVideos(teacher);
    expect(asked.mock.calls.map(([{ operation, contextId, record }]) => [operation, contextId, record?.id])).toEqual([
      ['video.list', undefined, undefined],
      ['video.read', 'course-1', videoId],
    ]);
  });

  test('a list calls `authorize` for a few videos at a time, and for no more than are on its page', async () => {
    for (let index = 0; index < 40; index += 1) await world.upload(ada);
    let [asking, most, asked] = [0, 0, 0];
    const service = world.node({
      authorize: async ({ record }) => {
        if (record === undefined) return true;
        asked += 1;
        asking += 1;
        most = Math.max(most, asking);
        await new Promise((resolve) => setImmediate(resolve));
        asking -= 1;
        return true;
      },
    });
    const { videos } = await service.listVideos(teacher, { statuses: ['pending'], limit: 35 });
    expect([videos.length, asked, most]).toEqual([35, 35, 16]);
  });

  test('a video is there from its confirm to its delete, for its uploader too', async () => {
    const id = await world.upload();
    const absent = async () => [
      await codeOf(world.service.getVideo(ada, id)),
      await codeOf(world.service.updateVideo(ada, id, { fileName: 'x.mp4' })),
      await codeOf(world.service.getPlaybackUrl(ada, id)),
    ];
    expect(await absent()).toEqual(['VIDEO_NOT_FOUND', 'VIDEO_NOT_FOUND', 'VIDEO_NOT_FOUND']);
    await world.service.confirmUpload(ada, id);
    expect(await absent()).toEqual(['resolved', 'resolved', 'CONFLICT']);
    expect(await codeOf(world.service.getUpload(ada, id))).toBe('resolved');
    const purging = vi.spyOn(world.storage, 'deleteVideo').mockResolvedValueOnce({ purged: false });
    for (const purged of [false, true]) {
      expect(await world.service.deleteVideo(teacher, id)).toEqual({ purged });
      expect(await absent()).toEqual(['VIDEO_NOT_FOUND', 'VIDEO_NOT_FOUND', 'VIDEO_NOT_FOUND']);
      expect(await codeOf(world.service.getUpload(ada, id))).toBe('VIDEO_NOT_FOUND');
    }
    expect(purging).toHaveBeenCalledTimes(2);
  });

  test('a grant is signed for the viewer, with the host app’s options and the kind that the browser requests', async () => {
    const { videoId } = await world.readyVideo();
    const sign = vi.spyOn(world.storage, 'getPlaybackUrl');
    const given = { expiresInSeconds: 60, downloadable: true };
    await world.service.getPlaybackUrl(teacher, videoId, { kind: 'file' }, given);
    await world.node({ authorize: () => true }).getPlaybackUrl({ ...teacher, roles: [] }, videoId);
    const viewer = { userId: 'ms-byron', contextId: 'course-1' };
    expect(sign.mock.calls.map(([, options]) => options)).toEqual([
      { ...given, kind: 'file', viewer: { ...viewer, role: 'teacher' } },
      { kind: undefined, viewer: { ...viewer, role: 'viewer' } },
    ]);
  });

  test('a grant for a video without a context has none', async () => {
    const { videoId } = await world.readyVideo(ada, { contextId: undefined });
    const sign = vi.spyOn(world.storage, 'getPlaybackUrl');
    await world.service.getPlaybackUrl(teacher, videoId);
    expect(sign.mock.calls[0]?.[1]?.viewer).toStrictEqual({ userId: 'ms-byron', role: 'teacher' });
  });

  test('the storages are those that were injected, in their order', () => {
    const plain = Object.defineProperty(Object.create(world.storage), 'backendName', { value: 'plain' });
    expect(world.node({ storages: [plain, world.storage] }).storages).toEqual([plain, world.storage]);
  });

  test.each([1, 'yes', {}, null, undefined])('only true allows, not %j', async (answer) => {
    const service = world.node({ authorize: () => answer as boolean });
    expect(await codeOf(service.getUploadUrl(ada, world.request()))).toBe('ACCESS_DENIED');
  });

  test('an error that `authorize` throws reaches the caller, and nothing is done', async () => {
    const service = world.node({
      authorize: () => {
        throw new RangeError('the directory is down');
      },
    });
    await expect(service.getUploadUrl(ada, world.request())).rejects.toThrow('the directory is down');
    expect((await world.records.list({ limit: 10 })).records).toEqual([]);
  });

  test.each([
    [{ userId: '', roles: [] }],
    [{ userId: 'ada' }],
    [{ userId: 'ada', roles: 'teacher' }],
    [{ userId: 'ada', roles: [], tenantId: '' }],
    [{ userId: 'ada', roles: [], tenantId: 't'.repeat(129) }],
    [{ userId: 'a'.repeat(129), roles: [] }],
    [{ userId: 'a\u0000', roles: [] }],
    [{ userId: 'ada', roles: ['r'.repeat(129)] }],
    [{ userId: 'ada', roles: Array(65).fill('teacher') }],
    [undefined],
  ])('an invalid actor is an error of the host app, not of the request: %j', async (actor) => {
    const service = world.node({ authorize: () => true });
    expect(await codeOf(Reflect.apply(service.listVideos, service, [actor]))).toBe('MISCONFIGURED');
    const { videoId } = await world.readyVideo();
    expect(await codeOf(Reflect.apply(service.getPlaybackUrl, service, [actor, videoId]))).toBe('MISCONFIGURED');
  });

  test('an actor at the limits is valid', async () => {
    const longest = 'a'.repeat(128);
    const actor = { userId: longest, roles: Array(64).fill(longest), tenantId: longest };
    expect(await codeOf(world.node({ authorize: () => true }).listVideos(actor))).toBe('resolved');
  });

  test('a list passes context and user to `authorize`, and omits what may not be read', async () => {
    await world.readyVideo(ada);
    await world.readyVideo(bob);
    const questions: unknown[] = [];
    const service = world.node({
      authorize: ({ operation, contextId, userId, record }) => {
        questions.push({ operation, contextId, userId });
        return record === undefined || record.userId === 'bob';
      },
    });
    const { videos } = await service.listVideos(teacher, { contextId: 'course-1' });
    expect(videos.map(({ userId }) => userId)).toEqual(['bob']);
    expect(questions[0]).toEqual({ operation: 'video.list', contextId: 'course-1', userId: undefined });
  });

  test('a list has no pending uploads and no deleted videos unless they are requested', async () => {
    await world.ask();
    const { videoId } = await world.readyVideo();
    const gone = await world.readyVideo();
    await world.service.deleteVideo(teacher, gone.videoId);
    expect((await world.service.listVideos(teacher)).videos.map((video) => video.videoId)).toEqual([videoId]);
    expect((await world.service.listVideos(teacher, { statuses: ['deleted'] })).videos).toHaveLength(1);
  });

  test.each([0, 1001, 1.5, Number.NaN])('a page of %d is refused', async (limit) => {
    const asked = vi.fn<Authorize>(() => true);
    const service = world.node({ authorize: asked });
    expect(await codeOf(service.listVideos(teacher, { limit }))).toBe('VALIDATION_FAILED');
    expect(await codeOf(service.listEvents(teacher, { limit }))).toBe('VALIDATION_FAILED');
    expect(asked).not.toHaveBeenCalled();
  });

  test('a grant is written to history with the role before it is issued; when that fails, none is issued', async () => {
    const { videoId } = await world.readyVideo();
    const service = world.node({
      authorize: async () => {
        world.clock.advance(25);
        return true;
      },
    });
    await service.getPlaybackUrl(teacher, videoId);
    const { entries } = await world.service.listEvents(teacher, { events: ['playback.issued'] });
    const who = { userId: 'ms-byron', role: 'teacher', contextId: 'course-1' };
    expect(entries).toMatchObject([{ recordId: videoId, ...who, outcome: 'ok', errorCode: null, elapsedMs: 25 }]);
    const events = Object.create(world.events, { append: { value: () => Promise.reject(new Error('log is full')) } });
    const without = world.node({ events });
    await expect(without.getPlaybackUrl(teacher, videoId)).rejects.toThrow('log is full');
  });
});
