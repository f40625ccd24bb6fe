import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { NOT_THE_SERVICE } from './aws-advice.ts';
import { awsErrorName, saysMissing, toBackendError, toDeleteError, unreadable } from './aws-error.ts';

/** What the SDK throws: name and status, or a name and a system code. */
const thrown = (name: string, status?: number, code?: string, more: object = {}) =>
  Object.assign(new Error('https://videos.example.com/?X-Amz-Signature=canary'), {
    name,
    ...(code !== undefined && { code }),
    ...(status !== undefined && { $metadata: { httpStatusCode: status, requestId: 'REQUEST1' } }),
    ...more,
  });

describe('toBackendError', () => {
  test.each([
    [thrown('SlowDown', 503), 'CloudFront asks to slow down (SlowDown, 503).', 'SlowDown'],
    [thrown('Unknown', 502), 'CloudFront could not be reached or failed (502).', 'Unknown'],
    [
      thrown('Error', undefined, 'ECONNRESET'),
      'CloudFront could not be reached or failed (ECONNRESET).',
      'Error ECONNRESET',
    ],
    [{}, 'CloudFront could not be reached or failed.', 'The SDK named no reason.'],
    [undefined, 'CloudFront could not be reached or failed.', 'The SDK named no reason.'],
    [thrown('Unknown', 200), `CloudFront returned an answer that cannot be read (200). ${NOT_THE_SERVICE}`, 'Unknown'],
    [
      thrown('a name'.repeat(20), 500, 'ECONNRESET'),
      'CloudFront could not be reached or failed (ECONNRESET, 500).',
      'ECONNRESET',
    ],
    [
      thrown('N'.repeat(64), 500),
      `CloudFront could not be reached or failed (${'N'.repeat(64)}, 500).`,
      'N'.repeat(64),
    ],
    [thrown('N'.repeat(65), 500), 'CloudFront could not be reached or failed (500).', 'The SDK named no reason.'],
  ])(
    '%s has a message of one sentence with the known details, and only the names as its cause (%#)',
    (error, message, cause) => {
      expect(toBackendError('CloudFront', error, 0)).toMatchObject({ message, cause: { message: cause } });
    },
  );

  test('a key that DeleteObjects refused is a refusal of S3', () => {
    expect(toDeleteError('AccessDenied')).toMatchObject({ service: 'S3', code: 'BACKEND_REFUSED', status: 403 });
  });

  test.each([
    ['SlowDown', 503, undefined, 'BACKEND_THROTTLED'],
    ['Throttling', 400, undefined, 'BACKEND_THROTTLED'],
    ['TooManyInvalidationsInProgress', 400, undefined, 'BACKEND_THROTTLED'],
    ['Unknown', 429, undefined, 'BACKEND_THROTTLED'],
    ['InternalError', 500, undefined, 'BACKEND_UNAVAILABLE'],
    ['Unknown', 502, undefined, 'BACKEND_UNAVAILABLE'],
    ['ServiceUnavailable', 503, undefined, 'BACKEND_UNAVAILABLE'],
    ['RequestTimeout', 400, undefined, 'BACKEND_UNAVAILABLE'],
    ['RequestTimeTooSkewed', 403, undefined, 'BACKEND_UNAVAILABLE'],
    ['ConditionalRequestConflict', 409, undefined, 'BACKEND_UNAVAILABLE'],
    ['Unknown', 501, undefined, 'BACKEND_REFUSED'],
    ['Unknown', 403, undefined, 'BACKEND_REFUSED'],
    ['Unknown', 300, undefined, 'BACKEND_REFUSED'],
    ['Unknown', 301, undefined, 'BACKEND_REFUSED'],
    ['Unknown', 425, undefined, 'BACKEND_UNAVAILABLE'],
    ['Error', undefined, 'ERR_TLS_CERT_ALTNAME_INVALID', 'BACKEND_REFUSED'],
    ['Error', undefined, 'ERR_TLS_HANDSHAKE_TIMEOUT', 'BACKEND_REFUSED'],
    ['Error', undefined, undefined, 'BACKEND_UNAVAILABLE'],
    ['ExpiredToken', 400, undefined, 'BACKEND_REFUSED'],
    ['NoSuchBucket', 404, undefined, 'BACKEND_REFUSED'],
    ['SyntaxError', 200, undefined, 'BACKEND_BAD_RESPONSE'],
    ['Unknown', 200, undefined, 'BACKEND_BAD_RESPONSE'],
    ['TimeoutError', undefined, 'ECONNRESET', 'BACKEND_UNAVAILABLE'],
    ['TimeoutError', undefined, 'ETIMEDOUT', 'BACKEND_UNAVAILABLE'],
    ['Error', 404, 'ECONNRESET', 'BACKEND_UNAVAILABLE'],
    ['Error', 200, 'ERR_STREAM_PREMATURE_CLOSE', 'BACKEND_UNAVAILABLE'],
    ['Error', undefined, 'ENOTFOUND', 'BACKEND_UNAVAILABLE'],
    ['Error', undefined, 'HPE_INVALID_CONSTANT', 'BACKEND_BAD_RESPONSE'],
    ['Error', undefined, 'DEPTH_ZERO_SELF_SIGNED_CERT', 'BACKEND_REFUSED'],
    ['Error', undefined, 'ERR_SSL_WRONG_VERSION_NUMBER', 'BACKEND_REFUSED'],
    ['CredentialsProviderError', undefined, undefined, 'BACKEND_REFUSED'],
  ])('%s, status %s, code %s: %s', (name, status, code, expected) => {
    const error = toBackendError('S3', thrown(name, status, code), 0);
    expect(error).toMatchObject({ name: 'BackendError', code: expected, backendName: 's3-cloudfront', service: 'S3' });
    expect(error.status).toBe(status);
  });

  test.each([
    ['ECONNREFUSED', true],
    ['ENOTFOUND', true],
    ['EAI_AGAIN', true],
    ['ECONNRESET', false],
    ['ETIMEDOUT', false],
  ])('%s: certainly not sent: %s', (code, notSent) => {
    expect(toBackendError('S3', thrown('Error', undefined, code), 0).notSent).toBe(notSent);
  });

  test('a request that was throttled has had no effect; one that failed may have had', () => {
    const notSent = (name: string, status: number) => toBackendError('S3', thrown(name, status), 0).notSent;
    expect([notSent('SlowDown', 503), notSent('Error', 429)]).toEqual([true, true]);
    expect([notSent('InternalError', 500), notSent('Error', 503), notSent('AccessDenied', 403)]).toEqual([
      false,
      false,
      false,
    ]);
  });

  test('names the service, the code and how long to wait; never a URL, and no code when the thrown value has none', () => {
    const response = { $response: { headers: { 'retry-after': '7' } } };
    const error = toBackendError('CloudFront', thrown('Throttling', 400, undefined, response), 0);
    expect(error.message).toBe('CloudFront asks to slow down (Throttling, 400).');
    expect(error).toMatchObject({ retryAfterMs: 7000, providerRequestId: 'REQUEST1', providerCode: 'Throttling' });
    expect(JSON.stringify(error)).not.toContain('canary');
    expect(toBackendError('S3', undefined, 0).message).toBe('S3 could not be reached or failed.');
    const named = toBackendError('S3', thrown('https://canary.example.com/', 400), 0);
    expect(named.message).toBe('S3 refused the request (400).');
    const request = { headers: { 'x-amz-security-token': 'token-canary' } };
    for (const failure of [error, named, toBackendError('S3', thrown('Error', 500, 'ECONNRESET', { request }), 0)])
      expect(inspect(failure, { showHidden: true, depth: 10 })).not.toContain('canary');
  });
});

test('only a 404 with the service’s own code says that there is no such thing', () => {
  const codes = ['NoSuchKey', 'NoSuchUpload'];
  expect(saysMissing(thrown('NoSuchKey', 404), codes)).toBe(true);
  expect(saysMissing(thrown('NoSuchUpload', 404), codes)).toBe(true);
  for (const name of ['NotFound', 'Unknown', 'NoSuchBucket']) expect(saysMissing(thrown(name, 404), codes)).toBe(false);
  expect(saysMissing(thrown('NoSuchKey', 403), codes)).toBe(false);
  for (const nothing of [undefined, null, 'text', {}]) {
    expect(saysMissing(nothing, codes)).toBe(false);
    expect(awsErrorName(nothing)).toBe('');
  }
});

test('an answer that cannot be read is an error that names the service', () => {
  expect(() => unreadable('CloudFront')).toThrow('CloudFront returned an answer that cannot be read.');
  expect(() => unreadable()).toThrow(expect.objectContaining({ code: 'BACKEND_BAD_RESPONSE', service: 'S3' }));
});
