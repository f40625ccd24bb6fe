import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { EdgeSubject, ecKey } from '../../test-support/edge-subject.ts';
import { asQuery, cannedLeave } from '../../test-support/sign-leave.ts';
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

  test('is shared by all leaves, and not asked again by other queries', async () => {
    expect(await seen()).toEqual(['200', '0123456789', 'Miss from cloudfront']);
    await subject.bucket.call('PUT', 'a.mp4', { body: 'changed' });
    expect(await seen()).toEqual(['200', '0123456789', 'Hit from cloudfront']);
    const expires = subject.nowSeconds + 60;
    const leave = cannedLeave(ecKey, `${subject.edge.endpoint}/a.mp4?x=1`, expires);
    expect((await subject.view('/a.mp4', `x=1&${asQuery(leave)}`)).text).toBe('0123456789');
  });

  test('keeps an answer for a day, or as long as its Cache-Control says', async () => {
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

  test('does not keep refusals of viewers', async () => {
    expect((await subject.view('/a.mp4')).outcome).toBe('403 MissingKey');
    expect((await seen())[0]).toBe('200');
  });

  test('is bounded: what was asked for least lately makes room', () => {
    const cache = new EdgeCache();
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
    const many = new EdgeCache();
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

  test('an object that is too large for the cache passes through, ranges too', async () => {
    const body = new Uint8Array(64 * 1024 * 1024 + 1).fill(7);
    await subject.bucket.call('PUT', 'large', { body, payloadHash: 'UNSIGNED-PAYLOAD' });
    const range = await subject.viewFreely('/large', { range: `bytes=${body.length - 2}-` });
    expect([range.status, [...range.bytes], range.headers['content-range']]).toEqual([
      206,
      [7, 7],
      `bytes ${body.length - 2}-${body.length - 1}/${body.length}`,
    ]);
    const head = await subject.viewFreely('/large', {}, 'HEAD');
    expect([head.headers['content-length'], head.headers['x-cache']]).toEqual([
      String(body.length),
      'Miss from cloudfront',
    ]);
  });

  test('methods that change something are refused', async () => {
    for (const method of ['PUT', 'POST', 'DELETE', 'PATCH']) {
      expect((await subject.viewFreely('/a.mp4', {}, method)).status).toBe(405);
    }
  });

  test('keys with all sorts of characters reach the origin as they are', async () => {
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

  test('CORS with credentials for origins that may; preflights carry no leave and are refused', async () => {
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

  test('that is gone is a bad gateway, for ten seconds, and says nothing of where it was', async () => {
    await subject.s3.stop();
    const answer = await subject.viewFreely('/a.mp4');
    expect([answer.status, answer.headers['x-cache']]).toEqual([502, 'Error from cloudfront']);
    expect(answer.text).not.toContain('127.0.0.1');
  });

  test('that breaks off is a bad gateway', async () => {
    subject.s3.failNext({ kind: 'truncated' }, { matches: ({ method }) => method === 'GET' });
    expect((await subject.viewFreely('/a.mp4')).status).toBe(502);
    subject.clock.advance(10 * SECOND);
    expect((await subject.viewFreely('/a.mp4')).text).toBe('0123456789');
  });

  test('that never answers is let go of with the viewer, or when the emulator stops', async () => {
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
