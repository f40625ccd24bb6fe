import { describe, expect, test } from 'vitest';
import { toCloudflareError } from './cloudflare-error.ts';
import type { HttpAnswer } from './http/http-send.ts';

const NOW_MS = Date.UTC(2026, 10, 24);

function answerOf(status: number, headers: Readonly<Record<string, string>> = {}): HttpAnswer {
  return { status, header: (name) => headers[name], text: '' };
}

/** The error for a refusal with these codes and sentences, one of which contains a secret. */
function errorOf(
  answer: HttpAnswer,
  errors: readonly (readonly [code: number, message?: string])[] = [],
  needsRoom = false,
) {
  const envelope = { success: false, errors: errors.map(([code, message = '']) => ({ code, message })) };
  const scrub = (text: string) => text.replaceAll('secret', '***');
  return toCloudflareError(answer, envelope, { needsRoom, nowMs: NOW_MS, scrub });
}

describe('the sentence', () => {
  const permission =
    'Cloudflare refused the request: `apiToken` needs the permission Account, Stream, Edit on `accountId`, and the account a Stream subscription';
  const route = 'Cloudflare does not know this account or path: check `accountId` and `apiOrigin`';
  test.each([
    [401, [], `${permission} (401).`],
    [403, [10_000], `${permission} (403, 10000).`],
    [400, [], 'Cloudflare refused the request (400).'],
    [402, [], 'Cloudflare refused the request (402).'],
    [404, [7000], `${route} (404, 7000).`],
    [404, [10_003, 7003], `${route} (404, 10003, 7003).`],
    [404, [10_003], 'Cloudflare refused the request (404, 10003).'],
    [400, [7003], 'Cloudflare refused the request (400, 7003).'],
    [500, [], 'Cloudflare failed (500).'],
    [429, [], 'Cloudflare asks to slow down (429).'],
    [302, [], 'Cloudflare sent an answer that cannot be read (302).'],
    [400, [0, 1, -1, 2, 3, 4], 'Cloudflare refused the request (400, 1, 2, 3).'],
  ])('of %i with the codes %j explains the fix: %s', (status, codes, message) => {
    expect(
      errorOf(
        answerOf(status),
        codes.map((code) => [code]),
      ).message,
    ).toBe(message);
  });

  test('quotes Cloudflare’s own, on one line, without secrets, up to 300 characters', () => {
    const said = (...sentences: readonly string[]) =>
      errorOf(
        answerOf(400),
        sentences.map((sentence) => [1, sentence]),
      ).message.replace(/^Cloudflare refused the request \([\d, ]+\)/, '');
    expect(said('Bad\r\n\u2028 token:', 'secret ')).toBe(': “Bad token: ***”');
    expect(said('  ')).toBe('.');
    expect(said('x'.repeat(300))).toBe(`: “${'x'.repeat(300)}”`);
    expect(said('x'.repeat(301))).toBe(`: “${'x'.repeat(300)}…”`);
  });

  test('of an answer without an envelope has only the status', () => {
    const context = { needsRoom: false, nowMs: NOW_MS, scrub: () => '' };
    expect(toCloudflareError(answerOf(502), undefined, context).message).toBe('Cloudflare failed (502).');
  });
});

describe('no room', () => {
  const minutes =
    'The prepaid minutes of the Cloudflare account are used up or reserved: delete videos, shorten `defaultMaxDurationSeconds`, or buy minutes';
  const encoding =
    'Cloudflare takes no more videos right now: as many as an account may have (120) wait for the encoder; ask again in minutes, not seconds';
  test.each([
    [413, [10_011], false, `${minutes} (413, 10011).`],
    [429, [], true, `${encoding} (429).`],
    [413, [], true, `${encoding} (413).`],
  ])('is %i with the codes %j, for a creation: %s', (status, codes, needsRoom, message) => {
    const error = errorOf(
      answerOf(status),
      codes.map((code) => [code]),
      needsRoom,
    );
    expect(error).toMatchObject({ code: 'BACKEND_FULL', message, notSent: false });
  });

  test('is not a rate limit, which has a time for the next request, nor any other refusal', () => {
    expect(errorOf(answerOf(429, { 'retry-after': '7' }), [], true)).toMatchObject({
      code: 'BACKEND_THROTTLED',
      retryAfterMs: 7000,
      notSent: true,
    });
    expect(errorOf(answerOf(413)).code).toBe('BACKEND_REFUSED');
    expect(errorOf(answerOf(400), [], true).code).toBe('BACKEND_REFUSED');
    expect(errorOf(answerOf(413, { 'retry-after': '7' }), [[10_011]]).retryAfterMs).toBeUndefined();
  });
});

test.each([
  [399, 'BACKEND_BAD_RESPONSE'],
  [400, 'BACKEND_REFUSED'],
  [408, 'BACKEND_UNAVAILABLE'],
  [425, 'BACKEND_UNAVAILABLE'],
  [499, 'BACKEND_REFUSED'],
  [500, 'BACKEND_UNAVAILABLE'],
  [501, 'BACKEND_REFUSED'],
  [505, 'BACKEND_REFUSED'],
  [530, 'BACKEND_UNAVAILABLE'],
])('%i is %s, and names Cloudflare’s own id of the request', (status, code) => {
  const error = errorOf(answerOf(status, { 'cf-ray': '8f1-FRA' }));
  expect(error).toMatchObject({ code, status, backendName: 'cloudflare-stream', providerRequestId: '8f1-FRA' });
  expect(error.notSent).toBe(false);
});
