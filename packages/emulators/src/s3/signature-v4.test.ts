import { createHash } from 'node:crypto';
import { ManualClock } from '@videostorage/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { S3TestClient } from '../../test-support/s3-test-client.ts';
import { elementText, sendRaw } from '../../test-support/send-raw.ts';
import { basicDate, credentialOf, signText } from '../../test-support/sign-request.ts';
import { S3Emulator } from './s3-emulator.ts';

const SECOND = 1000;
// On a whole second, so that expiry can be tested to the millisecond.
const clock = new ManualClock({ nowMs: Math.floor(Date.now() / SECOND) * SECOND });
let s3: S3Emulator;
let client: S3TestClient;

beforeAll(async () => {
  s3 = await S3Emulator.start({ clock });
  client = new S3TestClient(s3);
  await client.call('PUT', 'a', { body: 'bytes' });
});
afterAll(() => s3.stop());

const send = (method: string, target: string, headers: Record<string, string> = {}, body = '') =>
  sendRaw(s3.endpoint, method, target, headers, body);
const presignAt = (atMs: number, expiresInSeconds = 60) => client.presign('GET', 'a', { atMs, expiresInSeconds });

describe('a presigned GET', () => {
  test('opens one key for one method, until it ends', async () => {
    const target = presignAt(clock.now());
    const answer = await send('GET', target);
    expect([answer.outcome, answer.text]).toEqual(['200', 'bytes']);
    expect((await send('HEAD', target)).status).toBe(403);
    expect((await send('GET', target.replace('/a?', '/b?'))).outcome).toBe('403 SignatureDoesNotMatch');
    expect((await send('GET', `${target}&x=1`)).outcome).toBe('403 SignatureDoesNotMatch');
    expect((await send('GET', target.replace('X-Amz-Expires=60', 'X-Amz-Expires=61'))).outcome).toBe(
      '403 SignatureDoesNotMatch',
    );
  });

  test('ends exactly at its second, and may begin at most a quarter of an hour ahead', async () => {
    const second = clock.now();
    expect((await send('GET', presignAt(second - 59 * SECOND))).outcome).toBe('200');
    const late = await send('GET', presignAt(second - 60 * SECOND));
    expect([late.outcome, elementText(late.text, 'Message')]).toEqual(['403 AccessDenied', 'Request has expired']);
    expect((await send('GET', presignAt(second + 900 * SECOND))).outcome).toBe('200');
    expect((await send('GET', presignAt(second + 902 * SECOND))).outcome).toBe('403 AccessDenied');
  });

  test.each([0, -1, 1.5, 604_801, 1e9])('of %d seconds is refused', async (seconds) => {
    expect((await send('GET', presignAt(clock.now(), seconds))).outcome).toBe('400 AuthorizationQueryParametersError');
  });

  test('of seven days is the longest', async () => {
    expect((await send('GET', presignAt(clock.now(), 604_800))).outcome).toBe('200');
  });

  test.each(['X-Amz-Date', 'X-Amz-Algorithm', 'X-Amz-Signature', 'X-Amz-Expires'])('without %s', async (name) => {
    const target = presignAt(clock.now()).replace(new RegExp(`${name}=[^&]*&?`), '');
    expect((await send('GET', target)).outcome).toBe('400 AuthorizationQueryParametersError');
  });

  test('may set headers of the answer, if that is signed', async () => {
    const query = { 'response-content-disposition': 'attachment; filename="é.mp4"', 'response-content-type': 'x/y' };
    const signed = await send('GET', client.presign('GET', 'a', { query: { 'response-content-type': 'x/y' } }));
    expect(signed.headers['content-type']).toBe('x/y');
    expect((await send('GET', client.presign('GET', 'a', { query }))).outcome).toBe('200');
    const evil = { 'response-content-type': 'x/y\r\nX-Evil: 1' };
    expect((await send('GET', client.presign('GET', 'a', { query: evil }))).outcome).toBe('400 InvalidArgument');
  });
});

describe('a presigned PUT', () => {
  const headers = { 'content-length': '5', 'content-type': 'video/mp4', 'if-none-match': '*' };

  test('requires every signed header', async () => {
    const target = client.presign('PUT', 'put', { headers });
    expect((await send('PUT', target, { ...headers, 'content-type': 'text/html' }, 'bytes')).outcome).toBe(
      '403 SignatureDoesNotMatch',
    );
    expect((await send('PUT', target, { ...headers, 'content-length': '6' }, 'bytes!')).outcome).toBe(
      '403 SignatureDoesNotMatch',
    );
    const { 'if-none-match': _, ...others } = headers;
    expect((await send('PUT', target, others, 'bytes')).outcome).toBe('403 SignatureDoesNotMatch');
    expect((await send('PUT', target, headers, 'bytes')).outcome).toBe('200');
    expect((await send('PUT', target, headers, 'bytes')).outcome).toBe('412 PreconditionFailed');
  });

  test('accepts no x-amz- header that is not signed', async () => {
    const answer = await send('PUT', client.presign('PUT', 'put'), { 'x-amz-meta-user': 'u' }, 'bytes');
    expect([answer.outcome, elementText(answer.text, 'HeadersNotSigned')]).toEqual([
      '403 AccessDenied',
      'x-amz-meta-user',
    ]);
  });

  test('with a signed checksum accepts only those bytes', async () => {
    const sha256 = createHash('sha256').update('bytes').digest('base64');
    const signed = { 'x-amz-checksum-sha256': sha256 };
    const target = client.presign('PUT', 'sum', { headers: signed });
    expect((await send('PUT', target, signed, 'other')).outcome).toBe('400 BadDigest');
    expect((await send('PUT', target, signed, 'bytes')).outcome).toBe('200');
  });

  test('with the checksum of an empty body in its URL accepts no other body', async () => {
    const target = client.presign('PUT', 'sum', { query: { 'x-amz-checksum-crc32': 'AAAAAA==' } });
    expect((await send('PUT', target, {}, 'bytes')).outcome).toBe('400 BadDigest');
  });
});

describe('a signature in the headers', () => {
  test.each<[string, Parameters<S3TestClient['call']>[2], string]>([
    [
      'of other bytes',
      { payloadHash: createHash('sha256').update('other').digest('hex') },
      '400 XAmzContentSHA256Mismatch',
    ],
    ['of bytes that are not signed', { payloadHash: 'UNSIGNED-PAYLOAD' }, '200'],
    ['of chunks', { payloadHash: 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD' }, '501 NotImplemented'],
    ['of nonsense', { payloadHash: 'nonsense' }, '400 InvalidArgument'],
    ['a quarter of an hour ago', { atMs: Date.now() - 16 * 60 * SECOND }, '403 RequestTimeTooSkewed'],
    ['in a quarter of an hour', { atMs: Date.now() + 16 * 60 * SECOND }, '403 RequestTimeTooSkewed'],
    ['with an unsigned header of Amazon’s', { unsignedHeaders: { 'x-amz-meta-a': '1' } }, '403 AccessDenied'],
    [
      'with a changed header',
      { headers: { 'x-amz-meta-a': '1' }, unsignedHeaders: { 'x-amz-meta-a': '2' } },
      '403 SignatureDoesNotMatch',
    ],
    [
      'with spaces that do not count',
      { headers: { 'x-amz-meta-a': 'a b' }, unsignedHeaders: { 'x-amz-meta-a': ' a   b ' } },
      '200',
    ],
    ['of the old kind', { unsignedHeaders: { authorization: 'AWS a:b' } }, '400 InvalidRequest'],
    [
      'that is incomplete',
      { unsignedHeaders: { authorization: 'AWS4-HMAC-SHA256 Credential=a' } },
      '400 AuthorizationHeaderMalformed',
    ],
    ['twice', { query: { 'X-Amz-Signature': 'x' } }, '400 InvalidArgument'],
    ['with names that sort by bytes', { query: { 'x-a': '1', x: '2', 'x-': '3', 'X~é': "!'()*" } }, '200'],
  ])('%s', async (_name, parts, expected) => {
    expect((await client.call('PUT', 'put', { body: 'bytes', ...parts })).outcome).toBe(expected);
  });

  test('covers the host, and must be of the day of its credential', async () => {
    const { accessKeyId, secretAccessKey, region } = s3;
    const signer = { accessKeyId, secretAccessKey, region, service: 's3' };
    const outcome = async (names: readonly string[], scopeMs: number) => {
      const payloadHash = createHash('sha256').digest('hex');
      const date = basicDate(Date.now());
      const all = { host: new URL(s3.endpoint).host, 'x-amz-content-sha256': payloadHash, 'x-amz-date': date };
      const lines = Object.entries(all).filter(([name]) => names.includes(name));
      const canonical = `GET\n/videos/none\n\n${lines.map((line) => `${line.join(':')}\n`).join('')}\n${names.join(';')}\n${payloadHash}`;
      const credential = credentialOf(signer, basicDate(scopeMs));
      const digest = createHash('sha256').update(canonical).digest('hex');
      const text = `AWS4-HMAC-SHA256\n${date}\n${credential.split('/').slice(1).join('/')}\n${digest}`;
      const signature = signText(signer, basicDate(scopeMs), text);
      const authorization = `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${names.join(';')}, Signature=${signature}`;
      return (await send('GET', '/videos/none', { ...all, authorization })).outcome;
    };
    const names = ['host', 'x-amz-content-sha256', 'x-amz-date'];
    expect(await outcome(names, Date.now())).toBe('404 NoSuchKey');
    expect(await outcome(names.slice(1), Date.now())).toBe('403 AccessDenied');
    expect(await outcome(names, Date.now() - 86_400_000)).toBe('403 SignatureDoesNotMatch');
  });

  test('a call without a signature is refused', async () => {
    expect((await send('GET', '/videos/a')).outcome).toBe('403 AccessDenied');
  });

  test('the refusal contains the text that should have been signed, and no secret', async () => {
    const { endpoint, region, bucket, accessKeyId, secretAccessKey } = s3;
    const facts = { endpoint, region, bucket, accessKeyId, secretAccessKey: 'wrong' };
    const answer = await new S3TestClient(facts).call('GET', 'a');
    expect(answer.outcome).toBe('403 SignatureDoesNotMatch');
    expect(elementText(answer.text, 'StringToSign')).toMatch(/^AWS4-HMAC-SHA256\n/);
    expect(elementText(answer.text, 'CanonicalRequest')).toMatch(/^GET\n\/videos\/a\n/);
    expect(answer.text).not.toContain(secretAccessKey);
    const unknown = new S3TestClient({ ...facts, accessKeyId: 'AKIANOBODY' });
    expect((await unknown.call('GET', 'a')).outcome).toBe('403 InvalidAccessKeyId');
    const elsewhere = new S3TestClient({ ...facts, region: 'eu-west-1' });
    const malformed = await elsewhere.call('GET', 'a');
    expect([malformed.outcome, elementText(malformed.text, 'Region')]).toEqual([
      '400 AuthorizationHeaderMalformed',
      'us-east-1',
    ]);
  });
});

test('temporary credentials: the token must be sent, and signed', async () => {
  const temporary = await S3Emulator.start({ clock, sessionToken: 'token', sessionExpiresAtMs: clock.now() + SECOND });
  const signing = new S3TestClient(temporary);
  const headers = { 'x-amz-security-token': 'token' };
  const query = { 'X-Amz-Security-Token': 'token' };
  expect((await signing.call('PUT', 'a', { body: 'x' })).outcome).toBe('400 InvalidToken');
  expect((await signing.call('PUT', 'a', { body: 'x', headers })).outcome).toBe('200');
  const get = (target: string) => sendRaw(temporary.endpoint, 'GET', target);
  expect((await get(signing.presign('GET', 'a'))).outcome).toBe('400 InvalidToken');
  const target = signing.presign('GET', 'a', { query });
  expect((await get(target)).outcome).toBe('200');
  clock.advance(SECOND);
  expect((await get(target)).outcome).toBe('400 ExpiredToken');
  await temporary.stop();
});
