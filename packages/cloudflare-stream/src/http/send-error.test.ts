import { BackendError } from '@videostorage/core';
import { expect, test } from 'vitest';
import { toSendError } from './send-error.ts';

const withCode = (code: string) => Object.assign(new Error(code), { code });

test.each([
  ...['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'UND_ERR_CONNECT_TIMEOUT'].map(
    (code) => [code, 'BACKEND_UNAVAILABLE', true] as const,
  ),
  ...['ECONNRESET', 'UND_ERR_SOCKET', 'UND_ERR_BODY_TIMEOUT', 'EPIPE', ''].map(
    (code) => [code, 'BACKEND_UNAVAILABLE', false] as const,
  ),
  ...['UND_ERR_HEADERS_OVERFLOW', 'UND_ERR_RES_EXCEEDED_MAX_SIZE', 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH'].map(
    (code) => [code, 'BACKEND_BAD_RESPONSE', false] as const,
  ),
  ...['Z_DATA_ERROR', 'HPE_INVALID_VERSION'].map((code) => [code, 'BACKEND_BAD_RESPONSE', false] as const),
  ...['ERR_TLS_CERT_ALTNAME_INVALID', 'ERR_SSL_WRONG_VERSION_NUMBER', 'CERT_HAS_EXPIRED', 'HOSTNAME_MISMATCH'].map(
    (code) => [code, 'BACKEND_REFUSED', true] as const,
  ),
  ...['DEPTH_ZERO_SELF_SIGNED_CERT', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'CRL_HAS_EXPIRED'].map(
    (code) => [code, 'BACKEND_REFUSED', true] as const,
  ),
])('%s is %s, and whether nothing was sent is %s, also as the cause of another error', (systemCode, code, notSent) => {
  const message = {
    BACKEND_UNAVAILABLE: 'Cloudflare cannot be reached.',
    BACKEND_BAD_RESPONSE: 'Cloudflare gave an answer that cannot be read.',
    BACKEND_REFUSED:
      'The TLS certificate of the API is not trusted; check `apiOrigin`, proxies and the clock of this computer.',
  }[code];
  for (const error of [withCode(systemCode), new TypeError('fetch failed', { cause: withCode(systemCode) })]) {
    const made = toSendError(error, undefined);
    expect(made).toBeInstanceOf(BackendError);
    expect(made).toMatchObject({ code, message, notSent, backendName: 'cloudflare-stream', cause: error });
  }
});

test('a parser’s error without a code is an answer that cannot be read', () => {
  const error = Object.assign(new Error('Expected HTTP/'), { name: 'HTTPParserError' });
  expect(toSendError(error, undefined)).toMatchObject({ code: 'BACKEND_BAD_RESPONSE', cause: error });
});

test.each([[undefined], [null], ['text'], [{ code: 7 }], [{ cause: null }], [new Error('CERT')]])(
  '%j without a code is an outage of unknown effect',
  (error) => {
    expect(toSendError(error, undefined)).toMatchObject({ code: 'BACKEND_UNAVAILABLE', notSent: false });
  },
);

test('our own errors are returned unchanged, and an abort is the caller’s reason', () => {
  const own = new BackendError('BACKEND_FULL', 'Full.');
  expect(toSendError(own, new AbortController().signal)).toBe(own);
  const reason = { why: 'gone' };
  expect(toSendError(own, AbortSignal.abort(reason))).toBe(reason);
});
