import { Secret } from '@videostorage/core';
import { ManualClock } from '@videostorage/testing';
import { beforeEach, describe, expect, test } from 'vitest';
import { CloudflareApi } from './cloudflare-api.ts';
import type { HttpRequest } from './http/http-send.ts';
import { ProviderTime } from './provider-time.ts';

const TOKEN = 'canary-token-0123456789';
let requests: HttpRequest[];
let answer: { status: number; text: string; headers?: Readonly<Record<string, string>> };
let api: CloudflareApi;
let providerTime: ProviderTime;

beforeEach(() => {
  requests = [];
  answer = { status: 200, text: '{"success":true,"result":{"uid":"1"}}' };
  const clock = new ManualClock();
  providerTime = new ProviderTime(clock);
  api = new CloudflareApi({
    send: async (request) => {
      requests.push(request);
      const { status, text, headers = {} } = answer;
      return { status, text, header: (name) => headers[name] };
    },
    ...{ apiOrigin: 'https://api.example', accountId: 'account', apiToken: new Secret(TOKEN) },
    ...{ clock, providerTime },
  });
});

describe('a request', () => {
  const bearer = { authorization: `Bearer ${TOKEN}`, accept: 'application/json' };
  const url = 'https://api.example/client/v4/accounts/account/stream/1';
  const { signal } = new AbortController();

  test('has the token, and a content type when it has a body', async () => {
    await api.call({ method: 'GET', path: '/1', signal });
    await api.call({ method: 'POST', path: '/1', body: { a: 1 }, headers: { 'upload-creator': 'anna' } });
    const typed = { ...bearer, 'content-type': 'application/json', 'upload-creator': 'anna' };
    expect(requests).toEqual([
      { method: 'GET', url, headers: bearer, body: undefined, signal },
      { method: 'POST', url, headers: typed, body: '{"a":1}', signal: undefined },
    ]);
  });

  test('with a form leaves type and boundary to the HTTP client', async () => {
    const body = new FormData();
    await api.call({ method: 'PUT', path: '/1', body });
    expect(requests).toEqual([{ method: 'PUT', url, headers: bearer, body, signal: undefined }]);
  });
});

describe('an answer', () => {
  test.each([
    ['{"success":true,"result":{"uid":"1"}}', { uid: '1' }],
    ['{"success":true,"result":null}', null],
    ['{"success":true}', null],
  ])('%s is its result', async (text, result) => {
    answer = { status: 200, text };
    expect(await api.call({ method: 'GET', path: '' })).toEqual(result);
    expect(await api.require({ method: 'GET', path: '' })).toEqual(result);
  });

  test('without a body is success only for a delete', async () => {
    answer = { status: 204, text: '' };
    expect(await api.call({ method: 'DELETE', path: '' })).toBeNull();
    await expect(api.call({ method: 'GET', path: '' })).rejects.toMatchObject({ code: 'BACKEND_BAD_RESPONSE' });
    answer = { status: 500, text: '' };
    await expect(api.call({ method: 'DELETE', path: '' })).rejects.toMatchObject({ code: 'BACKEND_UNAVAILABLE' });
  });

  test('"not found" is absence only by Stream’s own code', async () => {
    const withCode = (code: number, success = false) => JSON.stringify({ success, errors: [{ code: 1 }, { code }] });
    for (const status of [400, 404]) {
      answer = { status, text: withCode(10_003) };
      expect(await api.call({ method: 'GET', path: '' })).toBeUndefined();
    }
    const refused = { code: 'BACKEND_REFUSED', status: 404, backendName: 'cloudflare-stream' };
    const message = 'Cloudflare does not have the requested resource; check `accountId`.';
    await expect(api.require({ method: 'GET', path: '' })).rejects.toMatchObject({ ...refused, message });
    for (const text of [withCode(7003), withCode(10_003, true), '', 'Not Found']) {
      answer = { status: 404, text };
      await expect(api.call({ method: 'GET', path: '' })).rejects.toMatchObject(refused);
    }
    answer = { status: 200, text: withCode(10_003) };
    await expect(api.call({ method: 'GET', path: '' })).rejects.toMatchObject({ code: 'BACKEND_BAD_RESPONSE' });
  });

  test('that redirects is unreadable, whatever its body is', async () => {
    answer = { status: 300, text: '{"success":true,"result":{}}' };
    await expect(api.call({ method: 'GET', path: '' })).rejects.toMatchObject({ code: 'BACKEND_BAD_RESPONSE' });
  });

  test('that refuses shows no token, and is FULL when a creation got 429 without `Retry-After`', async () => {
    answer = { status: 400, text: JSON.stringify({ success: false, errors: [{ code: 1, message: `bad ${TOKEN}` }] }) };
    const message = expect.not.stringContaining(TOKEN);
    await expect(api.call({ method: 'GET', path: '' })).rejects.toMatchObject({ code: 'BACKEND_REFUSED', message });
    answer = { status: 429, text: '' };
    await expect(api.call({ method: 'POST', path: '' })).rejects.toMatchObject({ code: 'BACKEND_THROTTLED' });
    const creation = { method: 'POST', path: '', needsRoom: true } as const;
    await expect(api.call(creation)).rejects.toMatchObject({ code: 'BACKEND_FULL' });
    const bare = await api.send(creation);
    expect([api.refusal(bare, creation).code, api.refusal(bare, {}).code]).toEqual([
      'BACKEND_FULL',
      'BACKEND_THROTTLED',
    ]);
  });

  test('has the number of requests left, which is kept until another answer has it', async () => {
    expect(api.allowance).toBeUndefined();
    answer = { ...answer, headers: { ratelimit: '"default";r=50;t=30' } };
    await api.call({ method: 'GET', path: '' });
    const said = api.allowance;
    expect(said).toMatchObject({ remainingRequests: 50 });
    answer = { ...answer, headers: {} };
    await api.call({ method: 'GET', path: '' });
    expect(api.allowance).toBe(said);
  });
});

describe('time and allowance are read', () => {
  const HOUR_MS = 3_600_000;
  const headers = () => ({
    date: new Date(providerTime.now() + HOUR_MS).toUTCString(),
    ratelimit: '"default";r=7;t=30',
  });
  const learned = () => [providerTime.skewMs > HOUR_MS / 2, api.allowance?.remainingRequests];

  test.each([
    ['an answer', 200, '{"success":true}', 'call'],
    ['a refusal', 400, '{"success":false,"errors":[]}', 'call'],
    ['a refused creation by tus', 429, '{"success":false,"errors":[]}', 'send'],
  ] as const)('from %s', async (_name, status, text, method) => {
    answer = { status, text, headers: headers() };
    await Promise.allSettled([api[method]({ method: 'POST', path: '' })]);
    expect(learned()).toEqual([true, 7]);
  });

  test('from a creation by tus, which has no body', async () => {
    answer = { status: 201, text: '', headers: { ...headers(), 'stream-media-id': 'uid' } };
    await api.send({ method: 'POST', path: '' });
    expect(learned()).toEqual([true, 7]);
  });

  test.each(['call', 'send'] as const)(
    'but not from a page of a proxy, whose clock may be wrong: %s',
    async (method) => {
      for (const [status, text] of [
        [502, '<html>'],
        [200, ''],
      ] as const) {
        answer = { status, text, headers: headers() };
        await Promise.allSettled([api[method]({ method: 'GET', path: '' })]);
      }
      expect(learned()).toEqual([false, undefined]);
    },
  );
});
