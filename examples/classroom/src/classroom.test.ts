import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { UploadTicket } from '@videostorage/core';
import { fixtures, sendTicket } from '@videostorage/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { localBackend } from './backends/local.ts';
import { Classroom } from './classroom.ts';

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

const json = { 'content-type': 'application/json' };
const file = { contextId: 'assignment-1', fileName: 'film.mp4', sizeBytes: 1000, mimeType: 'video/mp4' };

async function call(
  method: string,
  path: string,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  const sent = body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) };
  return fetch(`${classroom.url}${path}`, {
    method,
    headers: { ...(body !== undefined && json), ...headers },
    ...sent,
  });
}

async function signIn(name: string, role: 'student' | 'teacher'): Promise<{ readonly cookie: string }> {
  const response = await call('POST', '/api/session', { name, role });
  return { cookie: response.headers.get('set-cookie')?.split(';')[0] ?? '' };
}

async function codeOf(response: Response): Promise<string> {
  return ((await response.json()) as { readonly error: { readonly code: string } }).error.code;
}

/** A video that somebody has handed in. */
async function handIn(cookie: { readonly cookie: string }): Promise<UploadTicket> {
  const bytes = await fixtures.moovFirst.read();
  const answer = await call('POST', '/api/video/uploads', { ...file, sizeBytes: bytes.length }, cookie);
  const ticket = (await answer.json()) as UploadTicket;
  await sendTicket(ticket, bytes, 'video/mp4');
  const confirmed = await call('POST', `/api/video/uploads/${ticket.uploadReference}/confirm`, undefined, cookie);
  expect(confirmed.status).toBe(200);
  return ticket;
}

describe('who may do what', () => {
  test('nobody without a session, and no session that was not made here', async () => {
    for (const cookie of ['', 'classroom=e30.AAAA', 'classroom=..', `classroom=${'x'.repeat(5000)}`]) {
      const response = await call('GET', '/api/video/videos', undefined, { cookie });
      expect([response.status, await codeOf(response)]).toEqual([401, 'UNAUTHENTICATED']);
    }
  });

  test('teachers do not hand in; students see, play and delete their own videos only', async () => {
    const [ada, grace, teacher] = [
      await signIn('Ada', 'student'),
      await signIn('Grace', 'student'),
      await signIn('Ms Byron', 'teacher'),
    ];
    expect((await call('POST', '/api/video/uploads', file, teacher)).status).toBe(403);
    const { videoId, uploadReference } = await handIn(ada);
    const listed = async (cookie: { readonly cookie: string }) =>
      (
        (await (await call('GET', '/api/video/videos', undefined, cookie)).json()) as { videos: { videoId: string }[] }
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
      const response = await call(method, path, body, grace);
      expect([response.status, await codeOf(response)]).toEqual([404, 'VIDEO_NOT_FOUND']);
    }
    const playback = await call('POST', `/api/video/videos/${videoId}/playback`, {}, teacher);
    const { url } = (await playback.json()) as { url: string };
    expect((await fetch(url)).status).toBe(200);
    expect((await call('DELETE', `/api/video/videos/${videoId}`, undefined, teacher)).status).toBe(204);
    expect((await fetch(url)).status).toBe(404);
  });

  test('the same name as student and as teacher are two people', async () => {
    const { videoId } = await handIn(await signIn('Sam', 'student'));
    expect((await call('GET', `/api/video/videos/${videoId}`, undefined, await signIn('Sam', 'student'))).status).toBe(
      200,
    );
    const other = await call('GET', `/api/video/videos/${videoId}`, undefined, await signIn('sam', 'student'));
    expect(other.status).toBe(404);
  });
});

describe('what is refused before anything is done', () => {
  test.each([{ origin: 'https://evil.example' }, { origin: 'null' }, { 'sec-fetch-site': 'cross-site' }])(
    'T-L4: a page of another site: %j',
    async (headers) => {
      const student = await signIn('Linus', 'student');
      const response = await call('POST', '/api/video/uploads', file, { ...student, ...headers });
      expect([response.status, await codeOf(response)]).toEqual([403, 'ORIGIN_REFUSED']);
    },
  );

  test.each([
    ['text in place of JSON', 'x=1', { 'content-type': 'text/plain' }, 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['torn JSON', '{"contextId":', {}, 400, 'BODY_INVALID'],
    ['a body that is too large', JSON.stringify({ ...file, fileName: 'x'.repeat(70_000) }), {}, 413, 'BODY_TOO_LARGE'],
    ['an unknown member', { ...file, userId: 'somebody else' }, {}, 400, 'BODY_INVALID'],
    ['another assignment', { ...file, contextId: 'assignment-2' }, {}, 403, 'ACCESS_DENIED'],
    ['a text file', { ...file, fileName: 'notes.txt', mimeType: 'text/plain' }, {}, 422, 'VALIDATION_FAILED'],
    ['a file that is too large', { ...file, sizeBytes: 200_000_001 }, {}, 422, 'VALIDATION_FAILED'],
  ])('%s', async (_name, body, headers, status, code) => {
    const student = await signIn('Linus', 'student');
    const response = await call('POST', '/api/video/uploads', body, {
      ...student,
      ...(headers as Record<string, string>),
    });
    expect([response.status, await codeOf(response)]).toEqual([status, code]);
  });

  test('T-H3: answers are not kept, not sniffed, and show nothing of the inside', async () => {
    const student = await signIn('Linus', 'student');
    const response = await call('GET', '/api/video/videos/..%2f..%2fsecret', undefined, student);
    expect(response.status).toBe(404);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(response.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    expect(await response.text()).not.toMatch(/stack|secret|classroom-/);
  });

  test('too many requests say how long to wait', async () => {
    const strict = await Classroom.open({
      folder: join(folder, 'strict'),
      port: 0,
      backend: localBackend,
      uploadRules: [{ scope: 'user', limit: 1, windowSeconds: 60 }],
    });
    const signedIn = await fetch(`${strict.url}/api/session`, {
      method: 'POST',
      headers: json,
      body: '{"name":"Linus","role":"student"}',
    });
    const headers = { ...json, cookie: signedIn.headers.get('set-cookie')?.split(';')[0] ?? '' };
    const ask = () => fetch(`${strict.url}/api/video/uploads`, { method: 'POST', headers, body: JSON.stringify(file) });
    expect((await ask()).status).toBe(201);
    const refused = await ask();
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(50);
    await strict.close();
  });
});

test('by another name of this computer, the page leads to the one whose routes answer', async () => {
  const response = await fetch(classroom.url.replace('127.0.0.1', 'localhost'), { redirect: 'manual' });
  expect([response.status, response.headers.get('location')]).toEqual([307, `${classroom.url}/`]);
});

test('videos and who handed them in are known after a restart', async () => {
  const kept = join(folder, 'kept');
  const open = () => Classroom.open({ folder: kept, port: 0, backend: localBackend });
  const first = classroom;
  try {
    classroom = await open();
    const { videoId } = await handIn(await signIn('Ada', 'student'));
    await classroom.close();
    classroom = await open();
    const answer = await call('GET', `/api/video/videos/${videoId}`, undefined, await signIn('Ada', 'student'));
    expect(await answer.json()).toMatchObject({ status: 'ready', userId: 'student:Ada' });
    await classroom.close();
  } finally {
    classroom = first;
  }
});

test('the page allows scripts of its own only, and no frame around it', async () => {
  const response = await fetch(classroom.url);
  expect(response.headers.get('content-security-policy')).toMatch(/script-src 'self';.*frame-ancestors 'none'/);
  const script = await (await fetch(`${classroom.url}/app.js`)).text();
  expect(script).not.toMatch(/amazonaws|api\.cloudflare\.com|node:/);
});
