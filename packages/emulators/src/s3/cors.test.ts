import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { S3TestClient } from '../../test-support/s3-test-client.ts';
import { elementText, sendRaw } from '../../test-support/send-raw.ts';
import { S3Emulator } from './s3-emulator.ts';

const APP = 'https://app.example.com';
let s3: S3Emulator;
let client: S3TestClient;

beforeAll(async () => {
  s3 = await S3Emulator.start({
    cors: [
      {
        allowedOrigins: [APP],
        allowedMethods: ['PUT', 'POST'],
        allowedHeaders: ['Content-Type'],
        exposeHeaders: ['ETag', 'x-amz-request-id'],
      },
      {
        allowedOrigins: ['https://*.example.org', 'https://a.ex*xample.net'],
        allowedMethods: ['GET'],
        allowedHeaders: ['x-amz-*'],
        exposeHeaders: [],
      },
      { allowedOrigins: ['*'], allowedMethods: ['HEAD'], allowedHeaders: ['*'], exposeHeaders: [] },
    ],
  });
  client = new S3TestClient(s3);
});
afterAll(() => s3.stop());

describe('a preflight', () => {
  test.each<[string, string, string, string]>([
    [APP, 'PUT', 'content-type', `200 ${APP}`],
    [APP, 'PUT', 'CONTENT-TYPE', `200 ${APP}`],
    [APP, 'POST', '', `200 ${APP}`],
    [APP, 'PUT', 'content-type, x-other', '403 AccessForbidden closed'],
    [APP, 'DELETE', '', '403 AccessForbidden closed'],
    ['https://app.example.com.evil', 'PUT', '', '403 AccessForbidden closed'],
    ['http://app.example.com', 'PUT', '', '403 AccessForbidden closed'],
    ['https://a.example.org', 'GET', 'x-amz-date', '200 https://a.example.org'],
    ['https://.example.org', 'GET', '', '200 https://.example.org'],
    ['https://example.org', 'GET', '', '403 AccessForbidden closed'],
    ['https://a.exxample.net', 'GET', '', '200 https://a.exxample.net'],
    ['https://a.example.net', 'GET', '', '403 AccessForbidden closed'],
    ['https://any.where', 'HEAD', 'x-any', '200 *'],
    ['', 'PUT', '', '400 BadRequest closed'],
  ])('from %j for %s with %j: %s', async (origin, method, wanted, expected) => {
    const headers = {
      ...(origin !== '' && { origin }),
      'access-control-request-method': method,
      ...(wanted !== '' && { 'access-control-request-headers': wanted }),
    };
    const answer = await sendRaw(s3.endpoint, 'OPTIONS', '/videos/k', headers);
    expect(`${answer.outcome} ${answer.headers['access-control-allow-origin'] ?? 'closed'}`).toBe(expected);
    if (answer.status !== 200) return;
    expect(answer.headers['access-control-allow-headers'] ?? '').toBe(wanted.toLowerCase());
    expect(answer.headers['access-control-allow-methods']).toContain(method);
    expect(answer.headers['access-control-max-age']).toBe('3000');
    expect(answer.headers['vary']).toContain('Origin');
  });
});

test('scripts may read the exposed headers of successful answers and of refusals', async () => {
  const good = await client.call('PUT', 'k', { body: 'x', headers: { origin: APP } });
  expect(good.headers['access-control-allow-origin']).toBe(APP);
  expect(good.headers['access-control-expose-headers']).toBe('ETag, x-amz-request-id');
  const refused = await client.post([['key', 'k']], { origin: APP });
  expect([refused.status, refused.headers['access-control-allow-origin']]).toEqual([400, APP]);
  expect(elementText(refused.text, 'Code')).toBe('IncorrectNumberOfFilesInPostRequest');
});

test('other origins and other methods may read nothing', async () => {
  const other = await client.call('PUT', 'k', { body: 'x', headers: { origin: 'https://other.example.com' } });
  const method = await client.call('DELETE', 'k', { headers: { origin: APP } });
  expect([other, method].map(({ headers }) => headers['access-control-allow-origin'])).toEqual([undefined, undefined]);
});

test('scripts may read a scripted error like one of S3, but not a proxy’s page', async () => {
  const put = () => client.call('PUT', 'k', { body: 'x', headers: { origin: APP } });
  s3.failNext({ kind: 'status', status: 503 });
  expect((await put()).headers).toMatchObject({ 'access-control-allow-origin': APP, 'x-amz-id-2': 'emulator' });
  s3.failNext({ kind: 'html' });
  const page = await put();
  expect([page.headers['access-control-allow-origin'], page.headers['x-amz-request-id']]).toEqual([
    undefined,
    undefined,
  ]);
});
