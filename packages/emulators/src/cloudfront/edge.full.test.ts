import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { EdgeSubject, ecKey } from '../../test-support/edge-subject.ts';
import { asQuery, cannedGrant, customGrant, policyText } from '../../test-support/sign-grant.ts';
import { EdgeCache } from './edge-cache.ts';

const APP = 'https://app.example.com';
const SECOND = 1000;
let subject: EdgeSubject;

beforeEach(async () => {
  subject = await EdgeSubject.start({ allowedOrigins: [APP] });
  await subject.bucket.call('PUT', 'a.mp4', { body: '0123456789', headers: { 'content-type': 'video/mp4' } });
});
afterEach(() => subject.stop());

describe('the cache', () => {
  const seen = async (path = '/a.mp4') => {
    const { outcome, text, headers } = await subject.viewFreely(path);
    return [outcome, outcome === '200' ? text : '', headers['x-cache']];
  };

  test('is shared by all grants, and other queries do not reach the origin again', async () => {
    expect(await seen()).toEqual(['200', '0123456789', 'Miss from cloudfront']);
    await subject.bucket.call('PUT', 'a.mp4', { body: 'changed' });
    expect(await seen()).toEqual(['200', '0123456789', 'Hit from cloudfront']);
    const expires = subject.nowSeconds + 60;
    const grant = cannedGrant(ecKey, `${subject.edge.endpoint}/a.mp4?x=1`, expires);
    expect((await subject.view('/a.mp4', `x=1&${asQuery(grant)}`)).text).toBe('0123456789');
  });

  test('keeps an answer for a day, or as long as its Cache-Control allows', async () => {
    await subject.bucket.call('PUT', 'short', { body: 'old', headers: { 'cache-control': 'public, max-age=60' } });
    await subject.bucket.call('PUT', 'never', { body: 'old', headers: { 'cache-control': 'no-store' } });
    for (const path of ['/a.mp4', '/short', '/never']) await seen(path);
    subject.clock.advance(59 * SECOND);
    expect((await subject.viewFreely('/short')).headers['age']).toBe('59');
    expect((await seen('/never'))[2]).toBe('Miss from cloudfront');
    subject.clock.advance(1 * SECOND);
    expect((await seen('/short'))[2]).toBe('Miss from cloudfront');
    subject.clock.advance(86_339 * SECOND);
    expect((await seen())[2]).toBe('Hit from cloudfront');
    subject.clock.advance(1 * SECOND);
    expect((await seen())[2]).toBe('Miss from cloudfront');
  });

  test('keeps a refusal of the origin for ten seconds', async () => {
    expect(await seen('/late.mp4')).toEqual(['404 NoSuchKey', '', 'Error from cloudfront']);
    await subject.bucket.call('PUT', 'late.mp4', { body: 'here' });
    subject.clock.advance(9 * SECOND);
    expect((await seen('/late.mp4'))[0]).toBe('404 NoSuchKey');
    subject.clock.advance(1 * SECOND);
    expect((await seen('/late.mp4')).slice(0, 2)).toEqual(['200', 'here']);
  });

  test('keeps none with ErrorCachingMinTTL 0, so that a video plays right after its confirm', async () => {
    const fresh = await EdgeSubject.start({ errorCachingMinTtlSeconds: 0 });
    expect((await fresh.viewFreely('/late.mp4')).outcome).toBe('404 NoSuchKey');
    await fresh.bucket.call('PUT', 'late.mp4', { body: 'here' });
    expect((await fresh.viewFreely('/late.mp4')).text).toBe('here');
    await fresh.stop();
  });

  test('does not keep refusals of viewers', async () => {
    expect((await subject.view('/a.mp4')).outcome).toBe('403 MissingKey');
    expect((await seen())[0]).toBe('200');
  });

  test('tags are purged in upper or lower case, paths only in their own case', () => {
    const cache = new EdgeCache(10);
    const isKept = (item: string) => {
      cache.set('/A', { status: 200, headers: { 'x-amz-meta-cache-tag': 'one, Film' }, body: Buffer.alloc(1) }, 0);
      cache.purge(item);
      return cache.get('/A', 0) !== undefined;
    };
    expect(['#FILM', '#film', '#one', '/A', '/*'].map(isKept)).toEqual([false, false, false, false, false]);
    expect(['#fil', '#films', '/a', '/A/*'].map(isKept)).toEqual([true, true, true, true]);
  });

  test('has a limit, beyond which the least recently used answers are dropped', () => {
    const cache = new EdgeCache(10);
    const body = Buffer.alloc(60 * 1024 * 1024);
    const set = (path: string) => cache.set(path, { status: 200, headers: {}, body }, 0);
    for (const path of ['/1', '/2', '/3', '/4']) set(path);
    cache.get('/1', 0);
    set('/5');
    expect(['/1', '/2', '/3', '/4', '/5'].filter((path) => cache.get(path, 0) !== undefined)).toEqual([
      '/1',
      '/3',
      '/4',
      '/5',
    ]);
    const many = new EdgeCache(10);
    for (let index = 0; index <= 10_000; index += 1)
      many.set(`/${index}`, { status: 404, headers: {}, body: Buffer.alloc(0) }, 0);
    expect([many.get('/0', 0), many.get('/10000', 0)?.answer.status]).toEqual([undefined, 404]);
  });
});

describe('answers', () => {
  test.each(['first', 'again'])('ranges, HEAD and conditions: %s', async () => {
    const range = await subject.viewFreely('/a.mp4', { range: 'bytes=2-5' });
    expect([range.status, range.text, range.headers['content-range']]).toEqual([206, '2345', 'bytes 2-5/10']);
    const beyond = await subject.viewFreely('/a.mp4', { range: 'bytes=10-' });
    expect([beyond.status, beyond.headers['content-range']]).toEqual([416, 'bytes */10']);
    const head = await subject.viewFreely('/a.mp4', {}, 'HEAD');
    expect([head.status, head.text, head.headers['content-length']]).toEqual([200, '', '10']);
    expect(head.headers).toMatchObject({ 'content-type': 'video/mp4', 'x-content-type-options': 'nosniff' });
    const { etag = '' } = head.headers;
    expect((await subject.viewFreely('/a.mp4', { 'if-none-match': String(etag) })).outcome).toBe('304');
  });

  test.each(['PUT', 'POST', 'DELETE', 'PATCH'])('%s is refused with 403 and a page, signed or not', async (method) => {
    const signed = await subject.viewFreely('/a.mp4', {}, method);
    const unsigned = await subject.view('/a.mp4', '', {}, method);
    for (const { status, text, headers } of [signed, unsigned]) {
      expect([status, headers['content-type'], headers['x-cache']]).toEqual([
        403,
        'text/html',
        'Error from cloudfront',
      ]);
      expect(text).toContain('not configured to allow the HTTP request method');
      expect(text).toContain(String(headers['x-amz-cf-id']));
    }
  });

  test('a signed OPTIONS is answered by the CORS rules of the bucket, and never kept', async () => {
    const open = await EdgeSubject.start(
      {},
      { cors: [{ allowedOrigins: [APP], allowedMethods: ['GET'], allowedHeaders: [], exposeHeaders: [] }] },
    );
    const preflight = (origin: string) =>
      open.viewFreely('/k', { origin, 'access-control-request-method': 'GET' }, 'OPTIONS');
    const allowed = await preflight(APP);
    expect([allowed.outcome, allowed.headers['access-control-allow-origin']]).toEqual(['200', APP]);
    expect((await preflight('https://other.example.com')).outcome).toBe('403 AccessForbidden');
    expect((await open.viewFreely('/k', {}, 'OPTIONS')).outcome).toBe('400 BadRequest');
    await open.s3.stop();
    expect((await preflight(APP)).status).toBe(502);
    await open.edge.stop();
  });

  test.each(['first', 'again'])('If-Modified-Since: %s', async () => {
    const { headers } = await subject.viewFreely('/a.mp4', {}, 'HEAD');
    const lastModified = String(headers['last-modified']);
    const before = new Date(Date.parse(lastModified) - SECOND).toUTCString();
    const since = async (more: Record<string, string>) => (await subject.viewFreely('/a.mp4', more)).status;
    expect(await since({ 'if-modified-since': lastModified })).toBe(304);
    expect(await since({ 'if-modified-since': before })).toBe(200);
    expect(await since({ 'if-modified-since': 'no date' })).toBe(200);
    // When an ETag is compared, the date does not count.
    expect(await since({ 'if-modified-since': lastModified, 'if-none-match': '"other"' })).toBe(200);
    expect(await since({ 'if-modified-since': before, 'if-none-match': String(headers['etag']) })).toBe(304);
  });

  test('keys with any characters reach the origin unchanged', async () => {
    for (const [key, path] of [
      ['a b', '/a%20b'],
      ["it's (1)!", "/it's%20(1)!"],
      ['é/日', '/%C3%A9/%E6%97%A5'],
      ['a+b', '/a+b'],
      ['a//b', '/a//b'],
    ] as const) {
      await subject.bucket.call('PUT', key, { body: key });
      expect((await subject.viewFreely(path)).text).toBe(key);
    }
  });

  test('CORS with credentials for allowed origins; preflights carry no grant and are refused', async () => {
    const mine = await subject.viewFreely('/a.mp4', { origin: APP });
    expect(mine.headers).toMatchObject({
      'access-control-allow-origin': APP,
      'access-control-allow-credentials': 'true',
      vary: 'Origin',
    });
    const other = await subject.viewFreely('/a.mp4', { origin: 'https://other.example.com' });
    expect([other.headers['access-control-allow-origin'], other.headers['vary']]).toEqual([undefined, 'Origin']);
    const refused = await subject.view('/a.mp4', '', { origin: APP });
    expect([refused.outcome, refused.headers['access-control-allow-origin']]).toEqual(['403 MissingKey', APP]);
    const preflight = await subject.view(
      '/a.mp4',
      '',
      { origin: APP, 'access-control-request-method': 'GET' },
      'OPTIONS',
    );
    expect(preflight.status).toBe(403);
  });

  test('faults can be scripted', async () => {
    subject.edge.failNext({ kind: 'status', status: 503, retryAfterSeconds: 2 });
    const answer = await subject.viewFreely('/a.mp4');
    expect([answer.status, answer.headers['retry-after']]).toEqual([503, '2']);
    subject.edge.failNext({ kind: 'truncated' });
    await expect(subject.viewFreely('/a.mp4')).rejects.toThrow();
    expect((await subject.viewFreely('/a.mp4')).status).toBe(200);
  });
});

describe('the origin', () => {
  test('with temporary credentials', async () => {
    const temporary = await EdgeSubject.start({}, { sessionToken: 'token' });
    const headers = { 'x-amz-security-token': 'token' };
    await temporary.bucket.call('PUT', 'k', { body: 'x', headers });
    expect((await temporary.viewFreely('/k')).text).toBe('x');
    await temporary.stop();
  });

  test('an origin path is put before every path, and viewers do not see it', async () => {
    const { endpoint, bucket, region, accessKeyId, secretAccessKey } = subject.s3;
    const origin = { endpoint, bucket, region, accessKeyId, secretAccessKey };
    await subject.bucket.call('PUT', 'tenant-a/a.mp4', { body: 'of the tenant' });
    const tenant = await EdgeSubject.start({ origin: { ...origin, originPath: '/tenant-a' } });
    expect((await tenant.viewFreely('/a.mp4')).text).toBe('of the tenant');
    expect((await tenant.viewFreely('/tenant-a/a.mp4')).outcome).toBe('404 NoSuchKey');
    await tenant.stop();
    for (const originPath of ['tenant-a', '/tenant-a/', '/', '/a?b']) {
      await expect(EdgeSubject.start({ origin: { ...origin, originPath } })).rejects.toThrow(TypeError);
    }
  });

  test('CloudFront reads only what the bucket’s policy allows, in any spelling of the path', async () => {
    const { endpoint, bucket, region, accessKeyId, secretAccessKey } = subject.s3;
    const origin = { endpoint, bucket, region, accessKeyId, secretAccessKey };
    for (const key of ['videos/a', 'uploads/a', 'videosx']) await subject.bucket.call('PUT', key, { body: key });
    const only = await EdgeSubject.start({ origin: { ...origin, readablePrefix: 'videos/', mayListBucket: false } });
    const outcome = async (path: string) => (await only.viewFreely(path)).outcome;
    expect(await outcome('/videos/a')).toBe('200');
    for (const path of ['/uploads/a', '/videosx', '/%75ploads/a', '/videos%2Fa/../uploads/a', '/'])
      expect(await outcome(path)).toBe('403 AccessDenied');
    // Without s3:ListBucket, a missing key looks like a forbidden one.
    expect(await outcome('/videos/none')).toBe('403 AccessDenied');
    await only.stop();
  });

  test('that is gone is a bad gateway, for ten seconds, and the answer does not reveal its address', async () => {
    await subject.s3.stop();
    const answer = await subject.viewFreely('/a.mp4');
    expect([answer.status, answer.headers['x-cache']]).toEqual([502, 'Error from cloudfront']);
    expect(answer.text).not.toContain('127.0.0.1');
  });

  test('whose answer ends too early is a bad gateway', async () => {
    subject.s3.failNext({ kind: 'truncated' }, { matches: ({ method }) => method === 'GET' });
    expect((await subject.viewFreely('/a.mp4')).status).toBe(502);
    subject.clock.advance(10 * SECOND);
    expect((await subject.viewFreely('/a.mp4')).text).toBe('0123456789');
  });

  test('whose answer ends before an object too large for the cache is a bad gateway as well', async () => {
    const broken = createServer(({ method, socket }, response) => {
      if (method === 'HEAD') response.writeHead(200, { 'Content-Length': 64 * 1024 * 1024 + 1 }).end();
      else socket.destroy();
    });
    broken.listen(0, '127.0.0.1');
    await once(broken, 'listening');
    const endpoint = `http://127.0.0.1:${(broken.address() as AddressInfo).port}`;
    const origin = { endpoint, bucket: 'b', region: 'us-east-1', accessKeyId: 'a', secretAccessKey: 's' };
    const edge = await EdgeSubject.start({ origin });
    const answer = await edge.viewFreely('/large.mp4');
    expect([answer.status, answer.headers['x-cache']]).toEqual([502, 'Error from cloudfront']);
    await edge.stop();
    broken.close();
  });

  test('is not treated as failed when the viewer disconnects', async () => {
    const asked = new Promise<void>((resolve) => {
      const matches = ({ method }: { readonly method?: string | undefined }) => {
        if (method === 'GET') resolve();
        return method === 'GET';
      };
      subject.s3.failNext({ kind: 'hang' }, { matches });
    });
    const policy = policyText(`${subject.edge.endpoint}/*`, { before: subject.nowSeconds + 60 });
    const { hostname, port } = new URL(subject.edge.endpoint);
    const viewer = connect(Number(port), hostname);
    viewer.write(`GET /a.mp4?${asQuery(customGrant(ecKey, policy))} HTTP/1.1\r\nHost: ${hostname}:${port}\r\n\r\n`);
    await asked;
    viewer.destroy();
    for (let other = 0; other < 5; other++) await subject.viewFreely(`/other-${other}`);
    expect((await subject.viewFreely('/a.mp4')).text).toBe('0123456789');
  });

  test('whose answer was on its way while its path was invalidated does not fill the cache', async () => {
    const credentials = { accessKeyId: 'a', secretAccessKey: 's' };
    const slow = createServer();
    slow.listen(0, '127.0.0.1');
    await once(slow, 'listening');
    const endpoint = `http://127.0.0.1:${(slow.address() as AddressInfo).port}`;
    const origin = { endpoint, bucket: 'b', region: 'us-east-1', ...credentials };
    const edge = await EdgeSubject.start({ origin, invalidationDelayMs: 0 }, credentials);
    const held = new Promise<ServerResponse>((resolve) => {
      slow.on('request', ({ method }, response) => {
        if (method === 'HEAD') response.writeHead(200, { 'Content-Length': 3 }).end();
        else if (slow.listenerCount('held') > 0) slow.emit('held', response);
        else response.end('new');
      });
      slow.once('held', resolve);
    });
    const viewed = edge.viewFreely('/k');
    const response = await held;
    expect((await edge.invalidate('one', ['/k'])).status).toBe(201);
    response.end('old');
    expect((await viewed).text).toBe('old');
    expect((await edge.viewFreely('/k')).text).toBe('new');
    await edge.stop();
    slow.close();
  });

  test('that never answers is disconnected with the viewer, or when the emulator stops', async () => {
    const silent = createServer();
    silent.listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const endpoint = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
    const origin = { endpoint, bucket: 'b', region: 'us-east-1', accessKeyId: 'a', secretAccessKey: 's' };
    const waiting = await EdgeSubject.start({ origin });
    const asked = once(silent, 'request');
    const viewed = waiting.viewFreely('/k').catch((error: Error) => error);
    const [request] = await asked;
    const closed = once(request.socket, 'close');
    await waiting.stop();
    await closed;
    expect(await viewed).toBeInstanceOf(Error);
    silent.close();
  });
});
