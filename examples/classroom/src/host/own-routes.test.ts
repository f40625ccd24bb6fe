import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { type IncomingMessage, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { text } from 'node:stream/consumers';
import type { CostEstimate } from '@videostorage/core';
import { type LogPage, VideoService } from '@videostorage/service';
import { SqlVideoRecords } from '@videostorage/sql';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { ClassroomClient, codeOf, FILE, type SignedInPerson } from '../../test-support/classroom-client.ts';
import { localBackend } from '../backends/local.ts';
import { Classroom } from '../classroom.ts';

let folder: string;
let classroom: Classroom;
const client = new ClassroomClient(() => classroom.url);
const people: Record<'ada' | 'grace' | 'teacher' | 'administrator', SignedInPerson> = {
  ...{ ada: { cookie: '' }, grace: { cookie: '' }, teacher: { cookie: '' }, administrator: { cookie: '' } },
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'classroom-routes-'));
  const uploadRules = [{ scope: 'user', limit: 100, windowSeconds: 60 }] as const;
  classroom = await Classroom.open({ folder, port: 0, backend: localBackend, uploadRules });
  people.ada = await client.signIn('Ada', 'student');
  people.grace = await client.signIn('Grace', 'student');
  people.teacher = await client.signIn('Ms Byron', 'teacher');
  people.administrator = await client.signIn('Mr Boole', 'administrator');
});

afterAll(async () => {
  await classroom?.close();
  await rm(folder, { recursive: true, force: true });
});

const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString();
const setDue = (id: string, days: number) =>
  client.call('PUT', `/api/assignments/${id}`, { title: id, dueAt: inDays(days) }, { ...people.teacher });
const statusOf = async (videoId: string, person = people.teacher) =>
  (await client.call('GET', `/api/video/videos/${videoId}`, undefined, { ...person })).status;

describe('the session', () => {
  test.each([
    [{ name: ' ', role: 'student' }, 'Please enter your name.'],
    [{ name: 'x'.repeat(101), role: 'student' }, 'Please enter a shorter name.'],
    [{ name: 'ä'.repeat(51), role: 'student' }, 'Please enter a shorter name.'],
    [{ name: 'a\nb', role: 'student' }, 'Please enter a name without control characters.'],
  ])('refuses the name of %j with a message', async (body, message) => {
    const response = await client.call('POST', '/api/session', body);
    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({ error: { code: 'VALIDATION_FAILED', message } });
  });

  test('accepts a name of 100 bytes, which with its role is a valid user id', async () => {
    const person = await client.signIn('ä'.repeat(50), 'administrator');
    expect((await client.call('GET', '/api/video/videos', undefined, { ...person })).status).toBe(200);
  });

  test.each(['classroom', 'root', ''])('refuses the role %j', async (role) => {
    expect((await client.call('POST', '/api/session', { name: 'Eve', role })).status).toBe(422);
  });

  test('returns the signed-in user, and nobody after signing out', async () => {
    expect(await client.json('GET', '/api/session', people.ada)).toMatchObject({
      actor: { userId: 'student:Ada', roles: ['student'] },
      storedAt: 'Videos are kept in a folder on this computer.',
    });
    const out = await client.call('DELETE', '/api/session', {}, { ...people.ada });
    expect(out.headers.get('set-cookie')).toBe('classroom=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0');
  });

  test('is a cookie that scripts cannot read and other sites cannot send, and that ends with the browser session', async () => {
    const response = await client.call('POST', '/api/session', { name: 'Eve', role: 'student' });
    const [value, ...attributes] = (response.headers.get('set-cookie') ?? '').split('; ');
    expect(value).toMatch(/^classroom=student%3AEve\./);
    expect(attributes).toEqual(['Path=/', 'HttpOnly', 'SameSite=Lax']);
  });

  test('has the role before the first colon, whatever the name contains', async () => {
    const person = await client.signIn('x:teacher:y', 'student');
    expect(await client.json('GET', '/api/session', person)).toMatchObject({
      actor: { userId: 'student:x:teacher:y', roles: ['student'] },
    });
  });

  test('is the same for all Unicode spellings of a name', async () => {
    const composed = await client.json('GET', '/api/session', await client.signIn('Zo\u00eb', 'student'));
    expect(await client.json('GET', '/api/session', await client.signIn(' Zoe\u0308 ', 'student'))).toEqual(composed);
  });

  test('is refused with the signature of another value', async () => {
    const [value = '', signature = ''] = decodeURIComponent(people.ada.cookie.slice('classroom='.length)).split(
      /\.(?=[^.]*$)/,
    );
    const forged = `classroom=${encodeURIComponent(`${value.replace('student', 'teacher')}.${signature}`)}`;
    expect((await client.call('GET', '/api/assignments', undefined, { cookie: forged })).status).toBe(401);
  });
});

describe('T-L4: a page of another site', () => {
  test.each([
    ['POST', '/api/session', '{"name":"Eve","role":"teacher"}', 'text/plain'],
    ['PUT', '/api/assignments/place', '{"title":"Evil","dueAt":"2030-01-01T00:00:00Z"}', 'text/plain'],
    ['PUT', '/api/posters/x', 'bytes', 'text/plain'],
  ])('cannot %s %s without a preflight request', async (method, path, body, type) => {
    const headers = { ...people.teacher, 'content-type': type, origin: 'https://evil.example' };
    expect((await client.call(method, path, body, headers)).status).toBe(403);
  });

  test('cannot send a form under another host name, as in DNS rebinding', async () => {
    const { port } = new URL(classroom.url);
    const origin = `http://evil.example:${port}`;
    const headers = { host: `evil.example:${port}`, origin, 'content-type': 'text/plain' };
    const sent = request(`${classroom.url}/api/session`, { method: 'POST', headers });
    sent.end('{"name":"Eve","role":"teacher"}');
    const [response]: IncomingMessage[] = await once(sent, 'response');
    response?.resume();
    expect([response?.statusCode, response?.headers['set-cookie']]).toEqual([403, undefined]);
  });

  test('cannot send JSON: the preflight request is refused', async () => {
    const headers = { origin: 'https://evil.example', 'access-control-request-method': 'PUT' };
    const asked = await client.call('OPTIONS', '/api/assignments/place', undefined, headers);
    expect([asked.status, asked.headers.get('access-control-allow-origin')]).toEqual([405, null]);
  });
});

describe('a chunked body without a length', () => {
  const send = async (method: string, path: string, chunks: readonly (string | Uint8Array)[], type?: string) => {
    const headers = { ...people.ada, 'content-type': type ?? 'application/json', origin: 'https://evil.example' };
    const sent = request(`${classroom.url}${path}`, { method, headers });
    for (const chunk of chunks) sent.write(chunk);
    sent.end();
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    return { status: response.statusCode, text: await text(response) };
  };

  test('is read like any other', async () => {
    expect(await send('POST', '/api/session', ['{"name":"Ada",', '"role":"student"}'])).toMatchObject({ status: 200 });
    const { videoId } = await client.submit(people.ada);
    const jpeg = new Uint8Array(100_000);
    jpeg.set([0xff, 0xd8]);
    const answer = await send('PUT', `/api/posters/${videoId}`, [jpeg.subarray(0, 60_000), jpeg.subarray(60_000)]);
    expect(answer.status).toBe(204);
    const kept = await client.call('GET', `/api/posters/${videoId}`, undefined, { ...people.ada });
    expect(await kept.bytes()).toEqual(jpeg);
  });

  test.each([
    ['larger than 100 kB', 413, 'BODY_TOO_LARGE', ['x'.repeat(100_000), 'x'], undefined],
    ['not JSON', 422, 'VALIDATION_FAILED', ['{"name":', '"Ada"'], undefined],
    ['of another site', 403, 'ACCESS_DENIED', ['{"name":"Ada",', '"role":"student"}'], 'text/plain'],
  ])('is refused with JSON when it is %s', async (_name, status, code, chunks, type) => {
    const answer = await send('POST', '/api/session', chunks, type);
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.text)).toMatchObject({
      error: { code, message: expect.stringMatching(/\.$/), retryable: false },
    });
  });
});

describe('assignments', () => {
  test('can be set only by teachers', async () => {
    for (const person of [people.ada, people.administrator]) {
      const answer = await client.call('PUT', '/api/assignments/own', { title: 'x', dueAt: inDays(1) }, { ...person });
      expect([answer.status, await codeOf(answer)]).toEqual([403, 'ACCESS_DENIED']);
    }
    expect((await setDue('own', 1)).status).toBe(204);
    expect(await client.json('GET', '/api/assignments', people.ada)).toMatchObject({
      assignments: expect.arrayContaining([expect.objectContaining({ id: 'own', title: 'own' })]),
    });
  });

  test.each([
    [{ title: ' ', dueAt: '2030-01-01T00:00:00Z' }, 'title', 'Please enter a title.'],
    [{ title: 'x'.repeat(81), dueAt: '2030-01-01T00:00:00Z' }, 'title', 'Please enter a shorter title.'],
    [{ title: 'x', dueAt: 'tomorrow' }, 'dueAt', 'Please choose a day and a time.'],
    [{ title: 'x', dueAt: '2030-01-01T00:00:00Z', id: 'other' }, '', expect.stringContaining('id')],
    ['{"title":', '', 'The request could not be read.'],
  ])('%j is refused', async (body, path, message) => {
    const logged = vi.spyOn(console, 'error').mockReturnValue();
    const answer = await client.call('PUT', '/api/assignments/own', body, { ...people.teacher });
    expect(answer.status).toBe(422);
    expect(await answer.json()).toMatchObject({ error: { problems: [{ path, message }] } });
    expect(logged, 'since it is not a defect').not.toHaveBeenCalled();
    logged.mockRestore();
  });

  test.each(['A', 'a_b', 'x'.repeat(65), 'a%2Fb'])('have ids that are safe in a URL: %s is refused', async (id) => {
    const body = { title: 'x', dueAt: inDays(1) };
    expect((await client.call('PUT', `/api/assignments/${id}`, body, { ...people.teacher })).status).toBe(404);
  });

  test('are in the order of their deadlines, with titles of up to 80 characters and times in one format', async () => {
    const put = (id: string, title: string, dueAt: string) =>
      client.call('PUT', `/api/assignments/${id}`, { title, dueAt }, { ...people.teacher });
    expect((await put('a-late', 'Late', '2029-01-01T00:00:00.001Z')).status).toBe(204);
    expect((await put('z-early', ` ${'x'.repeat(80)} `, '2029-01-01T00:00:00Z')).status).toBe(204);
    const { assignments } = await client.json<{ assignments: { id: string; title: string; dueAt: string }[] }>(
      ...(['GET', '/api/assignments', people.ada] as const),
    );
    expect(assignments.filter(({ dueAt }) => dueAt.startsWith('2029'))).toEqual([
      { id: 'z-early', title: 'x'.repeat(80), dueAt: '2029-01-01T00:00:00.000Z' },
      { id: 'a-late', title: 'Late', dueAt: '2029-01-01T00:00:00.001Z' },
    ]);
  });

  test('when a student’s later video is ready, an unfinished upload for another assignment is kept', async () => {
    await setDue('two', 1);
    const first = await client.submit(people.ada, 'two');
    const begun = await client.send(people.ada, 'two');
    await client.submit(people.ada, 'two');
    expect(await statusOf(first.videoId)).toBe(404);
    const confirm = `/api/video/uploads/${begun.uploadReference}/confirm`;
    expect(await client.json('POST', confirm, people.ada)).toMatchObject({ status: 'ready' });
  });

  test('accept videos until they are due; submitted videos are then final', async () => {
    await setDue('short', 1);
    const { videoId } = await client.submit(people.ada, 'short');
    await setDue('short', -1);
    const late = await client.call('POST', '/api/video/uploads', { ...FILE, contextId: 'short' }, { ...people.ada });
    expect([late.status, await codeOf(late)]).toEqual([403, 'ACCESS_DENIED']);
    const remove = () => client.call('DELETE', `/api/video/videos/${videoId}`, undefined, { ...people.ada });
    expect((await remove()).status).toBe(404);
    const rename = { fileName: 'another.mp4' };
    const renamed = await client.call('PATCH', `/api/video/videos/${videoId}`, rename, { ...people.ada });
    expect([renamed.status, await statusOf(videoId)]).toEqual([404, 200]);
    await setDue('short', 1);
    expect((await remove()).status).toBe(204);
    expect(await statusOf(videoId)).toBe(404);
  });

  test('an upload that never became a video may be deleted after the deadline too', async () => {
    await setDue('unfinished', 1);
    const { videoId } = await client.send(people.ada, 'unfinished');
    await setDue('unfinished', -1);
    const remove = (person: SignedInPerson) =>
      client.call('DELETE', `/api/video/videos/${videoId}`, undefined, { ...person });
    expect((await remove(people.grace)).status).toBe(404);
    expect((await remove(people.ada)).status).toBe(204);
  });

  test('an upload that began before the deadline may be confirmed after it', async () => {
    await setDue('late', 1);
    const ticket = await client.send(people.ada, 'late');
    await setDue('late', -1);
    await client.json('POST', `/api/video/uploads/${ticket.uploadReference}/confirm`, people.ada);
    expect(await statusOf(ticket.videoId)).toBe(200);
  });

  test('have one video of each student: a later one replaces it, but no video of another student or assignment', async () => {
    await setDue('one', 1);
    const [first, other, elsewhere] = [
      await client.submit(people.ada, 'one'),
      await client.submit(people.grace, 'one'),
      await client.submit(people.ada, 'experiment'),
    ];
    const second = await client.submit(people.ada, 'one');
    expect(await statusOf(first.videoId)).toBe(404);
    for (const { videoId } of [other, elsewhere, second]) expect(await statusOf(videoId)).toBe(200);
    const { entries } = await client.json<LogPage>('GET', `/api/history?videoId=${first.videoId}`, people.teacher);
    expect(entries).toContainEqual(
      expect.objectContaining({ event: 'video.delete_requested', userId: 'classroom:Classroom' }),
    );
  });
});

describe('posters', () => {
  const jpeg = new Uint8Array([0xff, 0xd8, 0xff, 0xe0, 1, 2, 3]);
  const put = (videoId: string, body: Uint8Array, person = people.ada) =>
    client.call('PUT', `/api/posters/${videoId}`, body, { ...person, 'content-type': 'image/jpeg' });
  const get = (videoId: string, person = people.ada) =>
    client.call('GET', `/api/posters/${videoId}`, undefined, { ...person });

  test('are shown to those who may see the video; without one a drawing is shown', async () => {
    const { videoId } = await client.submit(people.ada);
    expect((await get(videoId)).headers.get('content-type')).toBe('image/svg+xml');
    expect((await put(videoId, jpeg)).status).toBe(204);
    const shown = await get(videoId, people.teacher);
    const headers = ['content-type', 'x-content-type-options', 'cache-control'].map((name) => shown.headers.get(name));
    // Not cached, since the next user of this browser may not be allowed to see it.
    expect(headers).toEqual(['image/jpeg', 'nosniff', 'no-store']);
    expect(await shown.bytes()).toEqual(jpeg);
    expect((await get(videoId, people.grace)).status).toBe(404);
    expect((await put(videoId, jpeg, people.grace)).status).toBe(404);
  });

  test('are accepted while the upload is in progress, and stay with its video', async () => {
    const ticket = await client.send(people.ada, 'place');
    expect((await put(ticket.videoId, jpeg)).status).toBe(204);
    await client.json('POST', `/api/video/uploads/${ticket.uploadReference}/confirm`, people.ada);
    expect(await (await get(ticket.videoId)).bytes()).toEqual(jpeg);
  });

  test('the first one is kept; it is deleted with its video', async () => {
    const { videoId } = await client.submit(people.ada);
    await put(videoId, jpeg);
    await put(videoId, new Uint8Array([...jpeg, 9]));
    expect(await (await get(videoId)).bytes()).toEqual(jpeg);
    const database = new DatabaseSync(join(folder, 'classroom-local.sqlite'));
    const kept = () => database.prepare('SELECT * FROM posters WHERE jpeg = ?').all(jpeg).length;
    const before = kept();
    expect(before).toBeGreaterThan(0);
    await client.call('DELETE', `/api/video/videos/${videoId}`, undefined, { ...people.ada });
    expect((await get(videoId)).status).toBe(404);
    await expect.poll(kept).toBe(before - 1);
    database.close();
  });

  test('anything that is not a JPEG, or is larger than 100 kB, is refused', async () => {
    const { videoId } = await client.submit(people.ada);
    for (const bytes of [
      new TextEncoder().encode('<svg/>'),
      new Uint8Array([0xff, 0xd9]),
      new Uint8Array([0xfe, 0xd8]),
    ]) {
      expect((await put(videoId, bytes)).status).toBe(415);
    }
    const large = new Uint8Array(100_001);
    large.set(jpeg);
    expect((await put(videoId, large)).status).toBe(413);
    expect((await put(videoId, large.subarray(0, 100_000))).status).toBe(204);
  });
});

describe('history', () => {
  test('of a video shows who has watched it; a student sees only that of their own videos', async () => {
    const { videoId } = await client.submit(people.ada);
    await client.json('POST', `/api/video/videos/${videoId}/playback`, people.teacher, {});
    const viewers = await client.json<LogPage>('GET', `/api/history?viewers&videoId=${videoId}`, people.ada);
    expect(viewers.entries.map(({ event, userId }) => [event, userId])).toEqual([
      ['playback.issued', 'teacher:Ms Byron'],
    ]);
    const all = await client.json<LogPage>('GET', `/api/history?videoId=${videoId}`, people.teacher);
    expect(all.entries.map(({ event }) => event)).toEqual(
      expect.arrayContaining(['upload.requested', 'upload.confirmed', 'video.ready', 'playback.issued']),
    );
    const foreign = await client.call('GET', `/api/history?videoId=${videoId}`, undefined, { ...people.grace });
    expect(foreign.status).toBe(404);
  });

  test('of all videos is only for the administrator', async () => {
    for (const person of [people.ada, people.teacher]) {
      expect((await client.call('GET', '/api/history', undefined, { ...person })).status).toBe(403);
    }
    const { entries } = await client.json<LogPage>('GET', '/api/history', people.administrator);
    expect(entries.length).toBeGreaterThan(5);
  });

  test('continues at a cursor, and refuses an invalid one', async () => {
    const list = vi.spyOn(VideoService.prototype, 'listEvents');
    const answer = await client.call('GET', '/api/history?cursor=none', undefined, { ...people.administrator });
    expect([answer.status, await codeOf(answer)]).toEqual([422, 'VALIDATION_FAILED']);
    expect(list.mock.calls.map(([, query]) => query?.cursor)).toEqual(['none']);
  });
});

test('the cost of stored videos is only for the administrator, with the usage of each student', async () => {
  for (const person of [people.ada, people.teacher]) {
    expect((await client.call('GET', '/api/cost', undefined, { ...person })).status).toBe(403);
  }
  interface Answer {
    readonly usage: { readonly videos: number; readonly storedBytes: number };
    readonly estimates: readonly CostEstimate[];
    readonly users: readonly { readonly userId: string; readonly bytes: number; readonly videos: number }[];
    readonly cursor?: string;
  }
  const cost = await client.json<Answer>('GET', '/api/cost', people.administrator);
  expect(cost.users.map(({ userId }) => userId)).toEqual(['student:Ada', 'student:Grace']);
  expect(cost.users.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(cost.usage.storedBytes);
  expect(cost.users.reduce((sum, { videos }) => sum + videos, 0)).toBe(cost.usage.videos);
  expect(cost.estimates.map(({ plan }) => plan)).toEqual(['Own disk']);
  const list = vi.spyOn(SqlVideoRecords.prototype, 'usageByUser');
  list.mockResolvedValue({ users: [], cursor: 'next' });
  const page = await client.json<Answer>('GET', '/api/cost?cursor=here', people.administrator);
  expect([page.users, page.cursor, cost.cursor]).toEqual([[], 'next', undefined]);
  expect(list.mock.calls.map(([query]) => query.cursor)).toEqual(['here']);
});

test('a path without a route is 404 for a person who is signed in; refusals show nothing internal', async () => {
  const answer = await client.call('GET', '/api/history?videoId=..%2fsecret', undefined, { ...people.ada });
  expect([answer.status, answer.headers.get('cache-control')]).toEqual([404, 'no-store']);
  expect(await answer.text()).not.toMatch(/stack|secret|classroom-/);
});
