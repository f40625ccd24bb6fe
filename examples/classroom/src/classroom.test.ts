import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { UploadTicket } from '@videostorage/core';
import { VideoService } from '@videostorage/service';
import { sendTicket } from '@videostorage/testing';
import { Kysely } from 'kysely';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { ClassroomClient, codeOf, FILE } from '../test-support/classroom-client.ts';
import type { Backend, BackendSettings } from './backends/backend.ts';
import { localBackend } from './backends/local.ts';
import { Classroom } from './classroom.ts';
import { ClassroomStore } from './host/classroom-store.ts';
import { sessionCookie } from './host/session.ts';
import { PageFiles } from './page-files.ts';

let folder: string;
let classroom: Classroom;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'classroom-'));
  const uploadRules = [{ scope: 'user', limit: 100, windowSeconds: 60 }] as const;
  classroom = await Classroom.open({ folder, port: 0, backend: localBackend, uploadRules });
});

afterAll(async () => {
  await classroom?.close();
  await rm(folder, { recursive: true, force: true });
});

interface Assignments {
  readonly assignments: readonly { readonly id: string; readonly title: string; readonly dueAt: string }[];
}

/** Only the beginning of a film is examined. */
const JPEG = new Uint8Array([0xff, 0xd8, 0xff, 0xe0, 1, 2, 3]);
const client = new ClassroomClient(() => classroom.url);

describe('who may do what', () => {
  test('without a session, or with a cookie that this classroom did not sign, every call is refused', async () => {
    for (const cookie of ['', 'classroom=e30.AAAA', 'classroom=..', `classroom=${'x'.repeat(5000)}`]) {
      const response = await client.call('GET', '/api/video/videos', undefined, { cookie });
      expect([response.status, await codeOf(response)]).toEqual([401, 'UNAUTHENTICATED']);
    }
  });

  test('teachers and administrators do not submit; students see, play and delete their own videos only', async () => {
    const [ada, grace, teacher] = [
      await client.signIn('Ada', 'student'),
      await client.signIn('Grace', 'student'),
      await client.signIn('Ms Byron', 'teacher'),
    ];
    for (const person of [teacher, await client.signIn('Mr Boole', 'administrator')]) {
      expect((await client.call('POST', '/api/video/uploads', FILE, { ...person })).status).toBe(403);
    }
    const { videoId, uploadReference } = await client.submit(ada);
    const listed = async (cookie: { readonly cookie: string }) =>
      (
        (await (await client.call('GET', '/api/video/videos', undefined, { ...cookie })).json()) as {
          videos: { videoId: string }[];
        }
      ).videos.map((video) => video.videoId);
    expect(await listed(ada)).toContain(videoId);
    expect(await listed(teacher)).toContain(videoId);
    expect(await listed(grace)).not.toContain(videoId);
    for (const [method, path, body] of [
      ['GET', `/api/video/videos/${videoId}`, undefined],
      ['POST', `/api/video/videos/${videoId}/playback`, {}],
      ['DELETE', `/api/video/videos/${videoId}`, undefined],
      ['POST', `/api/video/uploads/${uploadReference}/confirm`, undefined],
      ['DELETE', `/api/video/uploads/${uploadReference}`, undefined],
    ] as const) {
      const response = await client.call(method, path, body, { ...grace });
      expect([response.status, await codeOf(response)]).toEqual([404, 'VIDEO_NOT_FOUND']);
    }
    const playback = await client.call('POST', `/api/video/videos/${videoId}/playback`, {}, { ...teacher });
    const { url } = (await playback.json()) as { url: string };
    expect((await fetch(url)).status).toBe(200);
    expect((await client.call('DELETE', `/api/video/videos/${videoId}`, undefined, { ...teacher })).status).toBe(204);
    expect((await fetch(url)).status).toBe(404);
  });

  test('a student sees a refused upload in addition to the submitted video', async () => {
    const grace = await client.signIn('Grace', 'student');
    await client.submit(grace);
    const bytes = new TextEncoder().encode('%PDF-1.7'.padEnd(1000, ' '));
    const ticket = await client.json<UploadTicket>('POST', '/api/video/uploads', grace, FILE);
    await sendTicket(ticket, bytes, 'video/mp4');
    const confirm = `/api/video/uploads/${ticket.uploadReference}/confirm`;
    expect((await client.call('POST', confirm, undefined, { ...grace })).status).toBe(422);
    const second = await client.submit(grace);
    expect(await client.json('GET', '/api/video/videos', grace)).toMatchObject({
      videos: [
        { videoId: second.videoId, status: 'ready' },
        { videoId: ticket.videoId, status: 'failed' },
      ],
    });
  });

  test('the same name as student and as teacher are two people', async () => {
    const { videoId } = await client.submit(await client.signIn('Sam', 'student'));
    expect(
      (await client.call('GET', `/api/video/videos/${videoId}`, undefined, await client.signIn('Sam', 'student')))
        .status,
    ).toBe(200);
    const other = await client.call(
      'GET',
      `/api/video/videos/${videoId}`,
      undefined,
      await client.signIn('sam', 'student'),
    );
    expect(other.status).toBe(404);
  });
});

describe('requests that are refused before anything is done', () => {
  test.each([{ origin: 'https://evil.example' }, { origin: 'null' }, { 'sec-fetch-site': 'cross-site' }])(
    'T-L4: a page of another site: %j',
    async (headers) => {
      const student = await client.signIn('Linus', 'student');
      const response = await client.call('POST', '/api/video/uploads', FILE, { ...student, ...headers });
      expect([response.status, await codeOf(response)]).toEqual([403, 'ORIGIN_REFUSED']);
    },
  );

  test.each([
    ['text in place of JSON', 'x=1', { 'content-type': 'text/plain' }, 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['truncated JSON', '{"contextId":', {}, 400, 'BODY_INVALID'],
    ['a body that is too large', JSON.stringify({ ...FILE, fileName: 'x'.repeat(70_000) }), {}, 413, 'BODY_TOO_LARGE'],
    ['an unknown member', { ...FILE, userId: 'another user' }, {}, 400, 'BODY_INVALID'],
    ['an assignment that is closed', { ...FILE, contextId: 'hello' }, {}, 403, 'ACCESS_DENIED'],
    ['an assignment that does not exist', { ...FILE, contextId: 'other' }, {}, 403, 'ACCESS_DENIED'],
    ['a text file', { ...FILE, fileName: 'notes.txt', mimeType: 'text/plain' }, {}, 422, 'VALIDATION_FAILED'],
    ['a file that is too large', { ...FILE, sizeBytes: 200_000_001 }, {}, 422, 'VALIDATION_FAILED'],
  ])('%s', async (_name, body, headers, status, code) => {
    const student = await client.signIn('Linus', 'student');
    const response = await client.call('POST', '/api/video/uploads', body, {
      ...student,
      ...(headers as Record<string, string>),
    });
    expect([response.status, await codeOf(response)]).toEqual([status, code]);
  });

  test('T-H3: answers forbid caching and sniffing, and show no internal details', async () => {
    const student = await client.signIn('Linus', 'student');
    const response = await client.call('GET', '/api/video/videos/..%2f..%2fsecret', undefined, { ...student });
    expect(response.status).toBe(404);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(response.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    expect(await response.text()).not.toMatch(/stack|secret|classroom-/);
  });

  test('a defect is logged on the server, and the answer shows nothing of it', async () => {
    const defect = new Error('the disk is full');
    const ada = await client.signIn('Ada', 'student');
    vi.spyOn(ClassroomStore.prototype, 'assignments').mockRejectedValueOnce(defect);
    const logged = vi.spyOn(console, 'error').mockReturnValue();
    const answer = await client.call('GET', '/api/assignments', undefined, { ...ada });
    expect([answer.status, await answer.text()]).toEqual([500, expect.not.stringContaining('disk')]);
    expect(logged.mock.calls).toEqual([[defect]]);
  });

  test('too many requests say how long to wait', async () => {
    const strict = await Classroom.open({
      folder: join(folder, 'strict'),
      port: 0,
      backend: localBackend,
      uploadRules: [{ scope: 'user', limit: 1, windowSeconds: 60 }],
    });
    const strictly = new ClassroomClient(() => strict.url);
    const student = await strictly.signIn('Linus', 'student');
    const ask = () => strictly.call('POST', '/api/video/uploads', FILE, { ...student });
    expect((await ask()).status).toBe(201);
    const refused = await ask();
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(50);
    await strict.close();
  });
});

test('when the page is opened under another name of this computer, it redirects to the address of its routes', async () => {
  const response = await fetch(classroom.url.replace('127.0.0.1', 'localhost'), { redirect: 'manual' });
  expect([response.status, response.headers.get('location')]).toEqual([307, `${classroom.url}/`]);
  const script = await fetch(`${classroom.url.replace('127.0.0.1', 'localhost')}/app.js`, { redirect: 'manual' });
  expect([script.status, script.headers.get('location')]).toEqual([307, `${classroom.url}/app.js`]);
});

test('videos, their uploaders, posters, assignments and sessions are kept after a restart', async () => {
  const kept = join(folder, 'kept');
  const open = () => Classroom.open({ folder: kept, port: 0, backend: localBackend });
  const first = classroom;
  try {
    classroom = await open();
    const [ada, teacher] = [await client.signIn('Ada', 'student'), await client.signIn('Ms Byron', 'teacher')];
    const { videoId } = await client.submit(ada);
    await client.call('PUT', `/api/posters/${videoId}`, JPEG, { ...ada, 'content-type': 'image/jpeg' });
    const dueAt = '2030-01-01T00:00:00.000Z';
    for (const id of ['own', 'hello']) {
      await client.call('PUT', `/api/assignments/${id}`, { title: 'Own', dueAt }, { ...teacher });
    }
    await classroom.close();
    classroom = await open();
    const answer = await client.call('GET', `/api/video/videos/${videoId}`, undefined, { ...ada });
    expect(await answer.json()).toMatchObject({ status: 'ready', userId: 'student:Ada' });
    expect(await (await client.call('GET', `/api/posters/${videoId}`, undefined, { ...ada })).bytes()).toEqual(JPEG);
    const { assignments } = (await (
      await client.call('GET', '/api/assignments', undefined, { ...ada })
    ).json()) as Assignments;
    expect(assignments).toHaveLength(4);
    for (const id of ['own', 'hello']) expect(assignments).toContainEqual({ id, title: 'Own', dueAt });
    await classroom.close();
  } finally {
    classroom = first;
  }
});

test('the page allows only its own scripts, and no frame around it', async () => {
  const response = await fetch(classroom.url);
  expect(response.headers.get('content-security-policy')?.split('; ')).toEqual([
    ...["default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'", "media-src 'self' blob:"],
    ...["img-src 'self' data:", "frame-src 'none'", 'worker-src blob:', "base-uri 'none'", "form-action 'self'"],
    "frame-ancestors 'none'",
  ]);
  const names = ['cache-control', 'content-type', 'referrer-policy', 'x-content-type-options'];
  expect(names.map((name) => response.headers.get(name))).toEqual([
    ...['no-cache', 'text/html; charset=utf-8', 'strict-origin', 'nosniff'],
  ]);
  const script = await (await fetch(`${classroom.url}/app.js`)).text();
  expect(script).not.toMatch(/amazonaws|api\.cloudflare\.com|["'`]node:/);
});

test('the page may connect to, show and frame the origins of its storage, and run the storage’s scripts', async () => {
  const [storage, player] = ['https://storage.example', 'https://player.example'];
  const page = await PageFiles.load({ browserOrigins: [storage], scriptOrigins: [player] });
  expect(page.answer('/')?.headers.get('content-security-policy')?.split('; ').slice(1, 7)).toEqual([
    ...[`script-src 'self' ${player}`, "style-src 'self'", `connect-src 'self' ${storage}`],
    ...[`media-src 'self' blob: ${storage}`, `img-src 'self' data: ${storage}`, `frame-src ${storage}`],
  ]);
});

test('the secret’s file is readable only by its owner, and sessions are signed with a different key than uploads', async () => {
  const path = join(folder, 'secret');
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  const secret = await readFile(path, 'utf8');
  expect(secret).toMatch(/^[0-9a-f]{64}$/);
  const forged = await sessionCookie({ name: 'Eve', role: 'teacher' }, secret);
  const [cookie = ''] = forged.split(';');
  expect((await client.call('GET', '/api/assignments', undefined, { cookie })).status).toBe(401);
});

test('the session has what the page shows of the storage, and the largest size that is accepted', async () => {
  const facts = { storedAt: 'Videos are here.', embedScriptUrl: 'https://player.example/sdk.js' };
  const backend = async (settings: BackendSettings) => ({ ...(await localBackend(settings)), ...facts });
  const opened = await Classroom.open({ folder: join(folder, 'facts'), port: 0, backend });
  const answer = await (await fetch(`${opened.url}/api/session`)).json();
  expect(answer).toEqual({ ...facts, origin: opened.url, maxSizeBytes: 200_000_000 });
  await opened.close();
});

test('it accepts connections only from this computer', async () => {
  await expect(fetch(classroom.url.replace('127.0.0.1', '127.0.0.2'))).rejects.toThrow();
});

describe('everything that was opened is closed', () => {
  const openWith = (change: (backend: Backend) => Backend, port = 0) =>
    Classroom.open({
      folder: join(folder, 'closing'),
      port,
      backend: async (settings) => change(await localBackend(settings)),
    });

  test('with the classroom: the storage, the sweep and the database', async () => {
    const ended: string[] = [];
    const close = async () => {
      await new Promise((resolve) => setImmediate(resolve));
      ended.push('storage');
    };
    const sweeps = vi.spyOn(VideoService.prototype, 'startMaintenance');
    const opened = await openWith((backend) => ({ ...backend, close }));
    const [sweep] = sweeps.mock.results;
    if (sweep?.type !== 'return') throw new Error('There is no sweep.');
    const stopSweep = sweep.value.stop.bind(sweep.value);
    const stop = vi.spyOn(sweep.value, 'stop').mockImplementation(async () => {
      await stopSweep();
      await new Promise((resolve) => setImmediate(resolve));
      ended.push('sweep');
    });
    const { url, port } = opened;
    expect(url).toBe(`http://127.0.0.1:${port}`);
    const destroyDatabase = Kysely.prototype.destroy;
    const destroy = vi.spyOn(Kysely.prototype, 'destroy').mockImplementation(async function (this: Kysely<unknown>) {
      ended.push('database');
      await destroyDatabase.call(this);
    });
    // A browser that has sent only half of a request does not delay the close.
    const half = connect(port, '127.0.0.1');
    await once(half, 'connect');
    half.on('error', () => undefined).write('GET / HTTP/1.1\r\n');
    await (await fetch(url)).bytes();
    await opened.close();
    expect([stop, destroy].map(({ mock }) => mock.calls.length)).toEqual([1, 1]);
    destroy.mockRestore();
    // A sweep that is still running uses the database and the storage.
    expect(ended).toEqual(['sweep', 'database', 'storage']);
    await expect(fetch(url)).rejects.toThrow();
  });

  test('when the storage cannot be opened: the port is free again', async () => {
    const first = await openWith((backend) => backend);
    const { port } = first;
    await first.close();
    const failing = openWith(() => {
      throw new Error('no account');
    }, port);
    await expect(failing).rejects.toThrow('no account');
    const second = await openWith((backend) => backend, port);
    expect(second.port).toBe(port);
    await second.close();
  });

  test.each([
    ['the page cannot be bundled', () => vi.spyOn(PageFiles, 'load').mockRejectedValueOnce(new Error('not opened'))],
    ['a table is missing', () => vi.spyOn(ClassroomStore, 'open').mockRejectedValueOnce(new Error('not opened'))],
  ])(
    'when %s: the storage, whose servers would keep the process alive, the sweep and the database',
    async (_why, fail) => {
      fail();
      const destroy = vi.spyOn(Kysely.prototype, 'destroy').mockClear();
      const close = vi.fn(async () => {});
      await expect(openWith((backend) => ({ ...backend, close }))).rejects.toThrow('not opened');
      expect([close, destroy].map(({ mock }) => mock.calls.length)).toEqual([1, 1]);
    },
  );

  test('when something cannot be closed either: the rest, and the first error is thrown', async () => {
    vi.spyOn(PageFiles, 'load').mockRejectedValueOnce(new Error('not opened'));
    const warned = vi.spyOn(process, 'emitWarning').mockReturnValue();
    const close = () => Promise.reject(new Error('not closed'));
    await expect(openWith((backend) => ({ ...backend, close }))).rejects.toThrow('not opened');
    expect(warned.mock.calls).toEqual([['Error: not closed']]);
    warned.mockRestore();
  });

  test('the database of an emulator’s videos is in memory, and lost with them', async () => {
    const own = join(folder, 'emulated');
    const backend = async (settings: BackendSettings) => ({ ...(await localBackend(settings)), isEmulated: true });
    await (await Classroom.open({ folder: own, port: 0, backend })).close();
    expect((await readdir(own)).filter((name) => name.endsWith('.sqlite'))).toEqual([]);
  });
});
