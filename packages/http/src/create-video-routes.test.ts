import type { Logger } from '@videostorage/core';
import { MemoryVideoRecords, type VideoService } from '@videostorage/service';
import { ManualClock } from '@videostorage/testing';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { z } from 'zod';
import { film, HttpWorld } from '../test-support/http-world.ts';
import { createVideoRoutes } from './create-video-routes.ts';
import {
  errorBodySchema,
  playbackSchema,
  signPartsAnswerSchema,
  uploadStateSchema,
  uploadTicketSchema,
  videoMetadataSchema,
  videoPageSchema,
} from './schemas/answer-schemas.ts';

let world: HttpWorld;
beforeEach(() => {
  world = new HttpWorld();
});

/** The answer, validated by the schema that describes it. */
async function answered<T>(response: Promise<Response>, status: number, schema: z.ZodType<T>): Promise<T> {
  const answer = await response;
  const body = await answer.json();
  expect({ status: answer.status, body }).toMatchObject({ status });
  expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
  return schema.parse(body);
}

async function refused(response: Promise<Response>, status: number, code: string) {
  const { error } = await answered(response, status, errorBodySchema);
  expect(error.code).toBe(code);
  expect(error.requestId).toBe((await response).headers.get('x-request-id'));
  return error;
}

describe('the whole workflow', () => {
  test('request, read, send, confirm, play, rename, list, delete: each answer matches its schema', async () => {
    const ticket = await answered(world.ask('POST', '/uploads', world.request()), 201, uploadTicketSchema);
    const path = `/uploads/${ticket.uploadReference}`;
    const state = await answered(world.ask('GET', path), 200, uploadStateSchema);
    expect(state).toMatchObject({ status: 'pending', ticket: { url: expect.stringContaining('memory.invalid') } });
    await refused(world.ask('POST', `${path}/confirm`), 409, 'NOT_UPLOADED');

    const video = videoMetadataSchema.parse(await world.readyVideo());
    expect(video).toMatchObject({ status: 'ready', userId: 'ada', contextId: 'course-1', sizeBytes: film.length });
    const confirm = world.ask('POST', `/uploads/${video.videoId}/confirm`, { durationSeconds: 2 });
    expect(await answered(confirm, 200, videoMetadataSchema)).toEqual(video);

    const grant = await answered(world.ask('POST', `/videos/${video.videoId}/playback`), 200, playbackSchema);
    expect(grant.videoId).toBe(video.videoId);
    const played = await world.storage.fetch(new Request(grant.url));
    expect(new Uint8Array(await played.arrayBuffer())).toEqual(film);

    const rename = world.ask('PATCH', `/videos/${video.videoId}`, { fileName: 'new name.mp4' });
    expect(await answered(rename, 200, videoMetadataSchema)).toMatchObject({ fileName: 'new name.mp4' });
    const list = () => world.ask('GET', '/videos?contextId=course-1&limit=5', undefined, { 'x-user': 'b/teacher' });
    expect((await answered(list(), 200, videoPageSchema)).videos).toMatchObject([{ fileName: 'new name.mp4' }]);
    const ready = world.ask('GET', '/videos?status=processing,ready', undefined, { 'x-user': 'b/teacher' });
    expect((await answered(ready, 200, videoPageSchema)).videos).toHaveLength(1);
    const failed = world.ask('GET', '/videos?status=failed', undefined, { 'x-user': 'b/teacher' });
    expect((await answered(failed, 200, videoPageSchema)).videos).toHaveLength(0);

    const gone = await world.ask('DELETE', `/videos/${video.videoId}`);
    expect([gone.status, await gone.text()]).toEqual([204, '']);
    await refused(world.ask('GET', `/videos/${video.videoId}`), 404, 'VIDEO_NOT_FOUND');
    expect((await answered(list(), 200, videoPageSchema)).videos).toHaveLength(0);
  });

  test('parts are signed, and listed while the upload continues', async () => {
    world = new HttpWorld({ memory: { multipartThresholdBytes: 1, partSizeBytes: 20_000 } });
    const id = await world.upload();
    const parts = world.ask('POST', `/uploads/${id}/parts`, { partNumbers: [1, 2] });
    expect((await answered(parts, 200, signPartsAnswerSchema)).parts.map((part) => part.partNumber)).toEqual([1, 2]);
    const state = await answered(world.ask('GET', `/uploads/${id}`), 200, uploadStateSchema);
    expect(state.uploadedParts?.length).toBe(Math.ceil(film.length / 20_000));
    for (const partNumbers of [[], [0], [10_001], [1.5], Array.from({ length: 101 }, (_, index) => index + 1)]) {
      await refused(world.ask('POST', `/uploads/${id}/parts`, { partNumbers }), 400, 'BODY_INVALID');
    }
  });

  test('the same Idempotency-Key gives the same ticket; another file with it is a conflict', async () => {
    const key = { 'idempotency-key': 'one-per-file' };
    const [first, second] = [
      await answered(world.ask('POST', '/uploads', world.request(), key), 201, uploadTicketSchema),
      await answered(world.ask('POST', '/uploads', world.request(), key), 201, uploadTicketSchema),
    ];
    expect(second).toEqual(first);
    await refused(world.ask('POST', '/uploads', world.request({ sizeBytes: 1 }), key), 409, 'CONFLICT');
    await refused(
      world.ask('POST', '/uploads', world.request(), { 'idempotency-key': 'a b' }),
      422,
      'VALIDATION_FAILED',
    );
  });

  test('after its ticket has expired an upload is 410 for its key and its parts, after its reference has expired for every route', async () => {
    const clock = new ManualClock();
    const records = new MemoryVideoRecords({ clock });
    world = new HttpWorld({
      memory: { clock, multipartThresholdBytes: 1, partSizeBytes: 20_000 },
      service: { clock, records },
    });
    const key = { 'idempotency-key': 'one-per-file' };
    const ask = () => world.ask('POST', '/uploads', world.request(), key);
    const { uploadReference } = await answered(ask(), 201, uploadTicketSchema);
    const path = `/uploads/${uploadReference}`;
    clock.advance(24 * 3_600_000 + 1);
    await refused(ask(), 410, 'UPLOAD_EXPIRED');
    await refused(world.ask('POST', `${path}/parts`, { partNumbers: [1] }), 410, 'UPLOAD_EXPIRED');
    expect((await world.ask('GET', path)).status).toBe(200);
    clock.advance(24 * 3_600_000);
    await refused(world.ask('GET', path), 410, 'UPLOAD_EXPIRED');
    await refused(world.ask('POST', `${path}/confirm`), 410, 'UPLOAD_EXPIRED');
  });

  test('a cancelled upload is gone', async () => {
    const id = await world.upload();
    expect((await world.ask('DELETE', `/uploads/${id}`)).status).toBe(204);
    await refused(world.ask('POST', `/uploads/${id}/confirm`), 404, 'VIDEO_NOT_FOUND');
  });

  test('a delete answers 202 until the edge is purged, then 204', async () => {
    const { videoId } = await world.readyVideo();
    world.storage.provider.failNext('server-error');
    const first = await world.ask('DELETE', `/videos/${videoId}`);
    expect([first.status, await first.json()]).toEqual([202, { status: 'deleting' }]);
    expect((await world.ask('DELETE', `/videos/${videoId}`)).status).toBe(204);
  });

  test('all problems of a file are answered at once, with messages for the user', async () => {
    const request = world.request({ fileName: 'a/b.exe', mimeType: 'text/html', sizeBytes: 0 });
    const error = await refused(world.ask('POST', '/uploads', request), 422, 'VALIDATION_FAILED');
    expect(error.problems?.map(({ code }) => code)).toEqual(
      expect.arrayContaining(['FILE_EMPTY', 'FILE_NAME_INVALID']),
    );
  });
});

describe('the actor', () => {
  const ROUTES: readonly (readonly [string, string, object?])[] = [
    ['POST', '/uploads', {}],
    ['GET', '/uploads/x'],
    ['POST', '/uploads/x/parts', { partNumbers: [1] }],
    ['POST', '/uploads/x/confirm'],
    ['DELETE', '/uploads/x'],
    ['GET', '/videos'],
    ['GET', '/videos/x'],
    ['PATCH', '/videos/x', {}],
    ['DELETE', '/videos/x'],
    ['POST', '/videos/x/playback'],
  ];

  test.each([{}, { userId: '', roles: [] }, { userId: 'ada' }])(
    'an invalid actor is an error of the host app: 500 for the browser, the reason in the log: %j',
    async (actor) => {
      world = new HttpWorld({ routes: { actor: () => JSON.parse(JSON.stringify(actor)) } });
      for (const [method, path, body] of ROUTES) {
        const valid = path === '/uploads' ? world.request() : body;
        const error = await refused(world.ask(method, path, valid), 500, 'INTERNAL');
        expect(error.message).not.toContain('actor');
      }
      const failures = world.log.filter(({ event }) => event === 'request.failed');
      expect(failures).toHaveLength(ROUTES.length);
      for (const failure of failures) {
        expect(failure).toMatchObject({
          level: 'error',
          code: 'MISCONFIGURED',
          message: expect.stringContaining('actor'),
        });
      }
    },
  );

  test.each(ROUTES.map(([method, path]) => [method, path] as const))(
    '%s %s without a session is 401, before the body is read',
    async (method, path) => {
      const body = method === 'GET' || method === 'DELETE' ? undefined : '{ not read';
      const answer = world.ask(method, path, body, { 'x-user': '' });
      await refused(answer, 401, 'UNAUTHENTICATED');
      expect((await answer).headers.get('www-authenticate')).toBe('Session');
    },
  );

  test.each([undefined, null])('an actor function that returns %j means no session: 401', async (actor) => {
    const nobody = new HttpWorld({ routes: { actor: () => actor as undefined } });
    await refused(nobody.ask('GET', '/videos'), 401, 'UNAUTHENTICATED');
  });

  test('health and the OpenAPI document need no session', async () => {
    const health = await world.ask('GET', '/health', undefined, { 'x-user': '' });
    expect([health.status, await health.json()]).toEqual([200, { status: 'ok' }]);
    expect((await world.ask('GET', '/openapi.json', undefined, { 'x-user': '' })).status).toBe(200);
  });

  test('T-C1: missing, forged, another user’s and another tenant’s videos get the same answer on every route', async () => {
    const { videoId } = await world.readyVideo('ada/student/north');
    const foreign: readonly [string, string][] = [
      ['0'.repeat(32), 'ada/student/north'],
      [videoId, 'bob/student/north'],
      [`${videoId.slice(0, -1)}g`, 'ada/student/north'],
      ['%2e%2e%2f', 'ada/student/north'],
      [videoId, 'boss/teacher/south'],
    ];
    const routes = ROUTES.filter(([, path]) => path.includes('/x'));
    for (const [method, path, body] of routes) {
      const answers = await Promise.all(
        foreign.map(async ([id, user]) => {
          const answer = await world.ask(method, path.replace('x', id), body, { 'x-user': user });
          const { error } = errorBodySchema.parse(await answer.json());
          return [answer.status, { ...error, requestId: '' }, [...answer.headers.keys()]];
        }),
      );
      expect(answers[0]?.slice(0, 2)).toMatchObject([404, { code: 'VIDEO_NOT_FOUND' }]);
      for (const answer of answers) expect(answer).toEqual(answers[0]);
    }
    expect((await world.ask('GET', `/videos/${videoId}`, undefined, { 'x-user': 'ada/student/north' })).status).toBe(
      200,
    );
  });

  test('a cursor of more than 2 048 characters does not reach the service', async () => {
    const list = vi.spyOn(world.service, 'listVideos');
    const ask = (cursor: string) =>
      world.ask('GET', `/videos?cursor=${cursor}`, undefined, { 'x-user': 'boss/teacher' });
    await refused(ask('x'.repeat(2048)), 422, 'VALIDATION_FAILED');
    expect(list).toHaveBeenCalledTimes(1);
    await refused(ask('x'.repeat(2049)), 400, 'BODY_INVALID');
    expect(list).toHaveBeenCalledTimes(1);
  });

  test('a list without the right is refused', async () => {
    const answer = world.ask('GET', '/videos');
    await refused(answer, 403, 'ACCESS_DENIED');
    expect((await answer).headers.has('www-authenticate')).toBe(false);
  });

  test('an actor function that throws is an error of the host app: 500, logged, and nothing of it in the answer', async () => {
    const actor = () => {
      throw new Error('session store at redis://canary:6379 is down');
    };
    world = new HttpWorld({ routes: { actor } });
    const error = await refused(world.ask('GET', '/videos'), 500, 'INTERNAL');
    expect(JSON.stringify(error)).not.toContain('canary');
    expect(world.log).toMatchObject([
      { event: 'request.failed', level: 'error', operation: 'listVideos', requestId: error.requestId },
    ]);
    expect(world.log[0]?.message).toContain('session store');
  });
});

describe('routing', () => {
  test.each([
    ['PUT', '/uploads', 'POST, OPTIONS'],
    ['GET', '/uploads', 'POST, OPTIONS'],
    ['HEAD', '/uploads', 'POST, OPTIONS'],
    ['POST', '/uploads/x', 'GET, HEAD, DELETE, OPTIONS'],
    ['GET', '/uploads/x/confirm', 'POST, OPTIONS'],
    ['POST', '/videos', 'GET, HEAD, OPTIONS'],
    ['PUT', '/videos/x', 'GET, HEAD, PATCH, DELETE, OPTIONS'],
    ['GET', '/webhooks/memory', 'POST, OPTIONS'],
    ['DELETE', '/health', 'GET, HEAD, OPTIONS'],
    ['OPTIONS', '/uploads', 'POST, OPTIONS'],
  ])('%s %s is 405 with Allow: %s', async (method, path, allow) => {
    const answer = await world.ask(method, path);
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, allow]);
  });

  test.each([
    '',
    '/',
    '/upload',
    '/uploads/',
    '/uploads//confirm',
    '/uploads/a/b',
    '/videos/a/playback/b',
    '/%00',
    '/Uploads',
  ])('%j is not found', async (path) => {
    await refused(world.ask('GET', path), 404, 'NOT_FOUND');
  });

  test('HEAD is GET without the body', async () => {
    const { videoId } = await world.readyVideo();
    const [head, get] = [await world.ask('HEAD', `/videos/${videoId}`), await world.ask('GET', `/videos/${videoId}`)];
    expect([head.status, await head.text()]).toEqual([200, '']);
    expect([...head.headers.keys()]).toEqual([...get.headers.keys()]);
    expect((await world.ask('HEAD', '/videos/x')).status).toBe(404);
  });

  test('another base path, the root too', async () => {
    for (const basePath of ['/v1/films', '']) {
      const { routes } = new HttpWorld({ routes: { basePath } });
      const url = `https://school.example${basePath}/health`;
      expect((await routes.fetch(new Request(url))).status).toBe(200);
      expect(routes.ownsPath(url)).toBe(true);
    }
    const { routes } = world;
    expect(routes.ownsPath('https://school.example/api/video/health')).toBe(true);
    expect(['https://x/api/videos', 'https://x/', 'https://x/api/video', 'not a url'].map(routes.ownsPath)).toEqual([
      false,
      false,
      false,
      false,
    ]);
  });

  test('every answer forbids storing and sniffing, and has its own request id', async () => {
    const answers = await Promise.all([
      world.ask('GET', '/health'),
      world.ask('GET', '/nowhere'),
      world.ask('POST', '/uploads', '{'),
      world.ask('POST', '/uploads', world.request()),
      world.ask('PUT', '/uploads'),
      world.ask('GET', '/videos', undefined, { 'x-user': '' }),
      world.ask('POST', '/uploads', {}, { origin: 'https://evil.example' }),
    ]);
    for (const { headers } of answers) {
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    }
    expect(new Set(answers.map(({ headers }) => headers.get('x-request-id'))).size).toBe(answers.length);
  });

  test('the host app may set the request id; one that is not valid in a header is replaced', async () => {
    const named = (requestId: unknown) =>
      new HttpWorld({ routes: { requestId: () => requestId as string } }).ask('GET', '/health');
    expect((await named('r-1')).headers.get('x-request-id')).toBe('r-1');
    for (const bad of ['', 'a b', 'x\r\ny', 'x'.repeat(129), null, undefined, 7, ['r-1']]) {
      expect((await named(bad)).headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    }
  });

  test('functions among the options may be methods of the options', async () => {
    class Settings {
      readonly service = new HttpWorld().service;
      readonly #own = 'ada';
      actor() {
        return { userId: this.#own, roles: ['teacher'] };
      }
      requestId() {
        return this.#own;
      }
    }
    const answer = await createVideoRoutes(new Settings()).fetch(new Request('https://host.example/api/video/videos'));
    expect([answer.status, answer.headers.get('x-request-id')]).toEqual([200, 'ada']);
  });

  test('a service that lacks what a route calls is refused at construction', () => {
    const { service } = new HttpWorld();
    for (const lacking of ['storages', 'getUpload', 'signParts', 'updateVideo', 'handleWebhook', 'getPlaybackUrl']) {
      const get = (target: VideoService, name: PropertyKey) =>
        name === lacking ? undefined : Reflect.get(target, name, target);
      const made = () => createVideoRoutes({ service: new Proxy(service, { get }), actor: () => undefined });
      expect(made).toThrow(
        expect.objectContaining({ code: 'MISCONFIGURED', message: expect.stringContaining('`service`') }),
      );
    }
  });

  test('an unknown option is refused with the nearest one', () => {
    expect(() => new HttpWorld({ routes: { basepath: '/x' } as object })).toThrow(/basePath/);
    for (const routes of [
      { basePath: '/x/' },
      { basePath: 'x' },
      { allowedOrigins: ['https://x.example/'] },
      { allowedOrigins: ['https://X.example'] },
      { allowedOrigins: ['*'] },
      { allowedOrigins: [7 as unknown as string] },
      { logger: console as object as Logger },
      { maxBodyBytes: 1 },
      { bodyTimeoutMs: 0 },
    ]) {
      expect(() => new HttpWorld({ routes })).toThrow(expect.objectContaining({ code: 'MISCONFIGURED' }));
    }
  });
});

test('cookies of a grant are set, and are not in the JSON', async () => {
  const { CookieStorage } = await import('../test-support/cookie-storage.ts');
  world = new HttpWorld({ storage: new CookieStorage({}) });
  const { videoId } = await world.readyVideo();
  const answer = world.ask('POST', `/videos/${videoId}/playback`);
  const grant = await answered(answer, 200, playbackSchema);
  expect(grant.access).toBe('cookies');
  expect((await answer).headers.getSetCookie()).toEqual([
    'CloudFront-Policy=canary-policy_~; Domain=media.school.example; Path=/videos/x/; HttpOnly; Secure; SameSite=Lax',
    'CloudFront-Signature=canary-signature; Path=/videos/x/; HttpOnly; Secure; SameSite=None',
  ]);
  expect(JSON.stringify(grant)).not.toContain('canary');
});
