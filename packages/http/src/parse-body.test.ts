import { beforeEach, describe, expect, test, vi } from 'vitest';
import { HttpWorld, ORIGIN } from '../test-support/http-world.ts';
import { errorBodySchema } from './schemas/answer-schemas.ts';

let world: HttpWorld;
beforeEach(() => {
  world = new HttpWorld();
});

const codeOf = async (answer: Promise<Response>) => {
  const { status, headers } = await answer;
  if (!headers.get('content-type')?.startsWith('application/json')) return [status];
  const { error } = errorBodySchema.parse(await (await answer).json());
  return [status, error.code];
};

/** A request whose body comes as a stream, so that its length is not known in advance. */
function streamed(chunks: Iterable<string>, headers: Readonly<Record<string, string>> = {}, path = '/uploads') {
  const iterator = chunks[Symbol.iterator]();
  let pulls = 0;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      pulls += 1;
      const { done, value } = iterator.next();
      if (done) controller.close();
      else controller.enqueue(new TextEncoder().encode(value));
    },
  });
  const init = {
    ...{ method: 'POST', body, duplex: 'half' as const },
    headers: { 'x-user': 'ada', 'content-type': 'application/json', ...headers },
  };
  return { request: new Request(`${ORIGIN}/api/video${path}`, init), pulls: () => pulls };
}

describe('T-L4 415: the type of a body', () => {
  test.each([
    ...['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', '', 'application/jsonx'],
    ...['application/json; charset=utf-16', 'application/json, text/plain', 'text/json', 'application/ld+json'],
  ])('%j is refused on every route with a body', async (type) => {
    for (const path of ['/uploads', '/uploads/x/parts', '/uploads/x/confirm', '/videos/x/playback']) {
      const answer = world.ask('POST', path, '{}', { 'content-type': type });
      expect(await codeOf(answer)).toEqual([415, 'UNSUPPORTED_MEDIA_TYPE']);
    }
    expect(await codeOf(world.ask('PATCH', '/videos/x', '{}', { 'content-type': type }))).toEqual([
      415,
      'UNSUPPORTED_MEDIA_TYPE',
    ]);
  });

  test.each([
    'application/json',
    'Application/JSON',
    'application/json; charset=utf-8',
    'application/json;charset="UTF-8"',
  ])('%j is read', async (type) => {
    const answer = world.ask('POST', '/uploads', world.request(), { 'content-type': type });
    expect((await answer).status).toBe(201);
  });

  test('a body without a type is refused, a missing body needs none', async () => {
    const { request } = streamed(['{}'], {}, '/uploads/x/confirm');
    request.headers.delete('content-type');
    expect(await codeOf(world.routes.fetch(request))).toEqual([415, 'UNSUPPORTED_MEDIA_TYPE']);
    expect(await codeOf(world.ask('POST', '/uploads/x/confirm'))).toEqual([404, 'VIDEO_NOT_FOUND']);
  });

  test.each(['gzip', 'br', 'deflate', 'gzip, identity'])('T-I4 nothing is decompressed: %s', async (encoding) => {
    const answer = world.ask('POST', '/uploads', '{}', { 'content-encoding': encoding });
    expect(await codeOf(answer)).toEqual([415, 'UNSUPPORTED_MEDIA_TYPE']);
  });
});

describe('T-I4 413: the size of a body', () => {
  const bodyOf = (bytes: number) => `{"custom":{"a":"${'x'.repeat(bytes - '{"custom":{"a":""}}'.length)}"}}`;

  test('64 KiB are read, one byte more is not, with or without a length', async () => {
    const fits = bodyOf(65_536);
    expect(await codeOf(world.ask('POST', '/uploads', fits))).toEqual([400, 'BODY_INVALID']);
    expect(await codeOf(world.ask('POST', '/uploads', `${fits} `))).toEqual([413, 'BODY_TOO_LARGE']);
    expect(await codeOf(world.routes.fetch(streamed([fits]).request))).toEqual([400, 'BODY_INVALID']);
    expect(await codeOf(world.routes.fetch(streamed([fits, ' ']).request))).toEqual([413, 'BODY_TOO_LARGE']);
  });

  test('the limit is an option', async () => {
    world = new HttpWorld({ routes: { maxBodyBytes: 1024 } });
    expect(await codeOf(world.ask('POST', '/uploads', bodyOf(1024)))).toEqual([400, 'BODY_INVALID']);
    expect(await codeOf(world.ask('POST', '/uploads', bodyOf(1025)))).toEqual([413, 'BODY_TOO_LARGE']);
  });

  test('a length above the limit is refused before a byte is read', async () => {
    const { request, pulls } = streamed(['{}'], { 'content-length': '65537' });
    expect(await codeOf(world.routes.fetch(request))).toEqual([413, 'BODY_TOO_LARGE']);
    expect(pulls()).toBeLessThanOrEqual(1);
  });

  test('a length that is too small does not let more bytes in', async () => {
    const { request } = streamed([bodyOf(65_536), ' '], { 'content-length': '2' });
    expect(await codeOf(world.routes.fetch(request))).toEqual([413, 'BODY_TOO_LARGE']);
  });

  test('an endless body is no longer read from the limit on', async () => {
    function* endless() {
      for (;;) yield 'x'.repeat(16_384);
    }
    const { request, pulls } = streamed(endless());
    expect(await codeOf(world.routes.fetch(request))).toEqual([413, 'BODY_TOO_LARGE']);
    expect(pulls()).toBeLessThanOrEqual(7);
    // The server that provided the body can still read or cancel it.
    expect(request.body?.locked).toBe(false);
  });
});

test('no timer is left after a body was read or refused', async () => {
  const bodyTimeoutMs = 123_456;
  world = new HttpWorld({ routes: { bodyTimeoutMs } });
  const [planned, cleared] = [vi.spyOn(globalThis, 'setTimeout'), vi.spyOn(globalThis, 'clearTimeout')];
  for (const text of ['{}', 'x'.repeat(65_537)]) await world.routes.fetch(streamed([text]).request);
  const own = planned.mock.results.filter((_, index) => planned.mock.calls[index]?.[1] === bodyTimeoutMs);
  expect(own).toHaveLength(2);
  for (const { value } of own) expect(cleared).toHaveBeenCalledWith(value);
});

test('408: a body that does not arrive in time', async () => {
  world = new HttpWorld({ routes: { bodyTimeoutMs: 20 } });
  const body = new ReadableStream();
  const headers = { 'x-user': 'ada', 'content-type': 'application/json' };
  const init = { method: 'POST', body, headers, duplex: 'half' as const };
  const answer = world.routes.fetch(new Request(`${ORIGIN}/api/video/uploads`, init));
  expect(await codeOf(answer)).toEqual([408, 'REQUEST_TIMEOUT']);
});

test('a body whose connection ends early is 400, not 500', async () => {
  const body = new ReadableStream({
    start(controller) {
      controller.enqueue(new TextEncoder().encode('{"file'));
      controller.error(new Error('ECONNRESET canary'));
    },
  });
  const headers = { 'x-user': 'ada', 'content-type': 'application/json' };
  const init = { method: 'POST', body, headers, duplex: 'half' as const };
  expect(await codeOf(world.routes.fetch(new Request(`${ORIGIN}/api/video/uploads`, init)))).toEqual([
    400,
    'BODY_INVALID',
  ]);
  expect(world.log).toEqual([]);
});

describe('400: the content of a body', () => {
  const nested = (depth: number) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
  const keys = (count: number) =>
    JSON.stringify(Object.fromEntries(Array.from({ length: count }, (_, n) => [`k${n}`, 1])));

  test.each([
    ['nothing but a brace', '{'],
    ['two values', '{}{}'],
    ['a trailing comma', '{"a":1,}'],
    ['NaN', '{"sizeBytes":NaN}'],
    ['a list', '[]'],
    ['null', 'null'],
    ['a text', '"x"'],
    ['a number', '1e999'],
    ['T-I3 depth', '['.repeat(30_000) + ']'.repeat(30_000)],
    ['depth of objects', nested(21)],
    ['too many keys', keys(101)],
    ['many values', `{"custom":[${'1,'.repeat(20_000)}1]}`],
    ['a wrong type', '{"fileName":1,"sizeBytes":"1","mimeType":null}'],
    ['a member that is missing', '{"fileName":"a.mp4"}'],
  ])('%s', async (_name, body) => {
    expect(await codeOf(world.ask('POST', '/uploads', body))).toEqual([400, 'BODY_INVALID']);
  });

  test('bytes that are not UTF-8', async () => {
    const init = { method: 'POST', headers: { 'x-user': 'ada', 'content-type': 'application/json' } };
    const body = new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]);
    expect(await codeOf(world.routes.fetch(new Request(`${ORIGIN}/api/video/uploads`, { ...init, body })))).toEqual([
      400,
      'BODY_INVALID',
    ]);
  });

  test.each(['__proto__', 'constructor', 'prototype'])(
    'T-I2 %s is refused at any depth, and reaches no handler',
    async (key) => {
      for (const body of [
        `{"${key}":{"isAdmin":true}}`,
        JSON.stringify(world.request()).replace('{', `{"custom":{"${key}":"x"},`),
        `{"a":[{"b":{"${key}":1}}]}`,
      ]) {
        expect(await codeOf(world.ask('POST', '/uploads', body))).toEqual([400, 'BODY_INVALID']);
      }
      expect(Reflect.get({}, 'isAdmin')).toBeUndefined();
    },
  );

  test('members that only the server may set, and misspelt ones, are refused by name', async () => {
    for (const member of ['userId', 'tenantId', 'uploadId', 'maxDurationSecond', 'acceptUnverified']) {
      const answer = await world.ask('POST', '/uploads', world.request({ [member]: 'x' }));
      const { error } = errorBodySchema.parse(await answer.json());
      expect([answer.status, error.problems]).toMatchObject([400, [{ path: member, code: 'OPTION_INVALID' }]]);
    }
    const confirm = world.ask('POST', '/uploads/x/confirm', { acceptUnverified: true });
    expect(await codeOf(confirm)).toEqual([400, 'BODY_INVALID']);
    for (const member of ['expiresInSeconds', 'downloadable', 'viewer', 'ipRange']) {
      expect(await codeOf(world.ask('POST', '/videos/x/playback', { [member]: 1 }))).toEqual([400, 'BODY_INVALID']);
    }
  });

  test('each error is a separate problem, with its path and a message', async () => {
    const body = world.request({ sizeBytes: '1', custom: { a: 1 }, first: 1, second: 2 });
    const answer = await world.ask('POST', '/uploads', body);
    const { error } = errorBodySchema.parse(await answer.json());
    const problems = Object.fromEntries((error.problems ?? []).map(({ path, message }) => [path, message]));
    expect(Object.keys(problems).sort()).toEqual(['custom.a', 'first', 'second', 'sizeBytes']);
    expect(problems['first']).toBe('There is no such member.');
    expect(problems['sizeBytes']).toMatch(/number/);
  });

  test('a body that is not JSON has no list of problems: the position of a syntax error is not reported', async () => {
    for (const body of ['{', '\ufeff\ufeff{}']) {
      const answer = await world.ask('POST', '/uploads', body);
      const { error } = errorBodySchema.parse(await answer.json());
      expect([answer.status, error.code, error.problems]).toEqual([400, 'BODY_INVALID', undefined]);
    }
  });

  test('text with bytes that are not UTF-8 is not repaired', async () => {
    const { fileName, mimeType } = { fileName: 'film.mp4', mimeType: 'video/mp4' };
    const text = JSON.stringify({ fileName, mimeType, sizeBytes: 1000, contextId: '!' });
    const bytes = new Uint8Array(new TextEncoder().encode(text));
    bytes[text.indexOf('!')] = 0xff;
    const init = { method: 'POST', headers: { 'x-user': 'ada', 'content-type': 'application/json' }, body: bytes };
    expect(await codeOf(world.routes.fetch(new Request(`${ORIGIN}/api/video/uploads`, init)))).toEqual([
      400,
      'BODY_INVALID',
    ]);
  });

  test('`Content-Encoding: identity` is accepted as none', async () => {
    const answer = await world.ask('POST', '/uploads', world.request(), { 'content-encoding': 'identity' });
    expect(answer.status).toBe(201);
  });

  test('problems are limited in number and length: no answer grows with its request', async () => {
    const many = Object.fromEntries(Array.from({ length: 90 }, (_, n) => [`${n}${'x'.repeat(500)}`, 1]));
    const answer = await world.ask('POST', '/uploads', many);
    const text = await answer.text();
    expect(text.length).toBeLessThan(8192);
    const { problems = [] } = errorBodySchema.parse(JSON.parse(text)).error;
    expect(problems).toHaveLength(20);
    expect(Math.max(...problems.map(({ path }) => path.length))).toBe(128);
  });
});

describe('a query', () => {
  const list = (query: string) => codeOf(world.ask('GET', `/videos${query}`, undefined, { 'x-user': 'b/teacher' }));

  test.each([
    '?limit=0',
    '?limit=1001',
    '?limit=1e2',
    '?limit=',
    '?status=',
    '?status=ready,x',
    '?contextID=a',
    '?limit=1&limit=2',
  ])('%s is 400', async (query) => {
    expect(await list(query)).toEqual([400, 'BODY_INVALID']);
  });

  test('a cursor that the service did not issue is 422', async () => {
    expect(await list('?cursor=AAAA')).toEqual([422, 'VALIDATION_FAILED']);
  });

  test('1 and 1000 are limits; pages follow each other by their cursor', async () => {
    await world.readyVideo('ada');
    await world.readyVideo('bob');
    const names: (string | undefined)[] = [];
    let cursor: string | undefined;
    do {
      const query = `?limit=1${cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`}`;
      const answer = await world.ask('GET', `/videos${query}`, undefined, { 'x-user': 'b/teacher' });
      const page = await answer.json();
      expect(page).toHaveProperty('videos');
      const { videos, cursor: next } = page as { videos: { userId?: string }[]; cursor?: string };
      names.push(...videos.map(({ userId }) => userId));
      cursor = next;
    } while (cursor !== undefined && names.length < 5);
    expect(names.sort()).toEqual(['ada', 'bob']);
    const answer = await world.ask('GET', '/videos?limit=1000', undefined, { 'x-user': 'b/teacher' });
    expect(answer.status).toBe(200);
  });
});

test('431: headers are limited also without a Node server', async () => {
  const padding = (bytes: number) => ({ 'x-padding': 'x'.repeat(bytes) });
  expect(await codeOf(world.ask('GET', '/videos', undefined, padding(16_384)))).toEqual([431, 'HEADERS_TOO_LARGE']);
  expect((await world.ask('GET', '/health', undefined, padding(15_000))).status).toBe(200);
  const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, n) => [`x-${n}`, 'x']));
  expect((await world.ask('GET', '/health', undefined, many(99))).status).toBe(200);
  expect(await codeOf(world.ask('GET', '/videos', undefined, many(100)))).toEqual([431, 'HEADERS_TOO_LARGE']);
});
