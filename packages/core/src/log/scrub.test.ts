import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { codePoint } from '../../test-support/code-point.ts';
import { scrub } from './scrub.ts';

const JWT = 'eyJhbGciOiJSUzI1NiIsImtpZCI6IjEifQ.eyJzdWIiOiJ4In0.c2lnbmF0dXJl-_x';
const PEM = '-----BEGIN RSA PRIVATE KEY-----\nMIIEabc+/\n-----END RSA PRIVATE KEY-----';

describe('scrub', () => {
  test.each<[string, string, string]>([
    ['a bearer token', 'sent Bearer abc-DEF_1.~+/= to x', 'sent Bearer REDACTED to x'],
    ['a bearer token, encoded', 'bearer%20abc%2Fdef%3D&x', 'bearer%20REDACTED&x'],
    ['a bearer token, form-encoded', 'bearer+abc%2Bdef+x', 'bearer+REDACTED+x'],
    ['a bearer token, slash escaped', '"Bearer ab\\/cd12"', '"Bearer REDACTED"'],
    ['a bearer token behind the word', 'no bearer: Bearer Bearer a1', 'no bearer: Bearer Bearer REDACTED'],
    ['basic credentials', 'Basic dXNlcjpwYXNz.', 'Basic REDACTED'],
    ['basic credentials with all digits of base64', 'Basic YTo+Pj4/Pz8=, or', 'Basic REDACTED, or'],
    ['basic credentials in base64url', 'Basic YTo-Pj4_Pz8 or', 'Basic REDACTED or'],
    ['basic credentials, encoded', 'basic%20YTo%2BPj4%2FPz8%3D&x', 'basic%20REDACTED&x'],
    ['basic credentials, encoded in small letters', 'basic+YTo%2bPj4%2fPz8%3d&x', 'basic+REDACTED&x'],
    ['basic credentials, slash escaped', '"Basic YTo+Pj4\\/Pz8="', '"Basic REDACTED"'],
    ['basic credentials with a letter beyond ASCII', 'Basic dXNlcjpww6Q= it', 'Basic REDACTED it'],
    [
      'a JWT in a path',
      `https://c.example/${JWT}/manifest/video.m3u8`,
      'https://c.example/REDACTED/manifest/video.m3u8',
    ],
    ['a JWT in an encoded query', `u%3Fq%3D${JWT}%26a`, 'u%3Fq%3DREDACTED%26a'],
    ['a JWT behind an escape', `"\\n${JWT}"`, '"\\nREDACTED"'],
    ['an upload reference', 'eyJiYWNrZW5kTmFtZSI6ImxvY2FsIn0.3q2-7w gone', 'REDACTED gone'],
    ['a JWE with an empty part', 'eyJhbGciOiJkaXIiLCJlbmMiOiJ4In0..aXY.Y3Q.dGFn', 'REDACTED'],
    ['a JWT of the shortest header', 'eyJ456789012345.x', 'REDACTED'],
    ['a JWT behind dotted parts', 'v1.x.a-eyJhbGciOiJub25lIn0.e30 it', 'v1.x.a-REDACTED it'],
    ['an access key id', 'key AKIAIOSFODNN7EXAMPLE is unknown', 'key REDACTED is unknown'],
    ['a private key', `key: ${PEM}!`, 'key: -----BEGIN RSA PRIVATE KEY-----REDACTED-----END RSA PRIVATE KEY-----!'],
    ['a private key, cut off', PEM.slice(0, 50), '-----BEGIN RSA PRIVATE KEY-----REDACTED'],
    [
      'a private key in JSON',
      JSON.stringify(PEM),
      '"-----BEGIN RSA PRIVATE KEY-----REDACTED-----END RSA PRIVATE KEY-----"',
    ],
    [
      'a URL that S3 signed',
      'https://b.example/k?X-Amz-Algorithm=A&X-Amz-Credential=K%2F2026&X-Amz-Signature=ab1&X-Amz-Security-Token=T%3D&X-Amz-Expires=9',
      'https://b.example/k?X-Amz-Algorithm=A&X-Amz-Credential=REDACTED&X-Amz-Signature=REDACTED&X-Amz-Security-Token=REDACTED&X-Amz-Expires=9',
    ],
    [
      'a URL that CloudFront signed',
      '/v.mp4?Policy=e~_&Signature=a-b&Key-Pair-Id=K1',
      '/v.mp4?Policy=REDACTED&Signature=REDACTED&Key-Pair-Id=REDACTED',
    ],
    [
      'an old URL of S3',
      '?AWSAccessKeyId=AK&Expires=1&Signature=x',
      '?AWSAccessKeyId=REDACTED&Expires=1&Signature=REDACTED',
    ],
    ['a URL that Azure signed', '?sv=2024&sig=a%2Bb%3D&se=2026', '?sv=2024&sig=REDACTED&se=2026'],
    ['a URL that Google signed', '?X-Goog-Signature=ab&X-Goog-Date=1', '?X-Goog-Signature=REDACTED&X-Goog-Date=1'],
    [
      'keys of APIs',
      'a?access_token=x&api_key=y&apiKey=z&client_secret=s',
      'a?access_token=REDACTED&api_key=REDACTED&apiKey=REDACTED&client_secret=REDACTED',
    ],
    ['an encoded URL', encodeURIComponent('/x?token=a/b&next=1'), '%2Fx%3Ftoken%3DREDACTED%26next%3D1'],
    ['a URL encoded twice', encodeURIComponent(encodeURIComponent('?sig=ab&n=1')), '%253Fsig%253DREDACTED%2526n%253D1'],
    ['an ampersand escaped in JSON', '?a=1\\u0026sig=b\\u0026c=2', '?a=1\\u0026sig=REDACTED\\u0026c=2'],
    ['an ampersand escaped in XML', '?a=1&amp;sig=b&amp;c=2', '?a=1&amp;sig=REDACTED&amp;c=2'],
    ['a whole word far from the beginning', 'a request for /v.mp4?Policy=ab', 'a request for /v.mp4?Policy=REDACTED'],
    ['a whole word behind an escape', '/v?a=1%2526sig%253Dab \\nsig=ab', '/v?a=1%2526sig%253DREDACTED \\nsig=REDACTED'],
    ['a member of JSON', '{"token":"a\\"b","x":1}', '{"token":"REDACTED","x":1}'],
    ['a member of JSON that ends with a backslash', '{"token":"a\\\\","x":"y"}', '{"token":"REDACTED","x":"y"}'],
    ['JSON inside JSON, cut off', '"{\\"token\\":\\"ab', '"{\\"token\\":\\"REDACTED'],
    ['JSON inside JSON', JSON.stringify('{"token":"a\\"b","x":1}'), JSON.stringify('{"token":"REDACTED","x":1}')],
    ['JSON, encoded', encodeURIComponent('{"token":"ab","x":1}'), encodeURIComponent('{"token":"REDACTED","x":1}')],
    ['what inspect shows', "{ secretAccessKey: 'a/b', region: 'x' }", "{ secretAccessKey: 'REDACTED', region: 'x' }"],
    ['an attribute', 'token = "a b" x', 'token = "REDACTED" x'],
    [
      'an XML element',
      '<AWSAccessKeyId>AK</AWSAccessKeyId><Key>k</Key>',
      '<AWSAccessKeyId>REDACTED</AWSAccessKeyId><Key>k</Key>',
    ],
    [
      'an XML element in a long document',
      `<SecretAccessKey>ab/c</SecretAccessKey>${'<Key>k</Key>'.repeat(9)}`,
      `<SecretAccessKey>REDACTED</SecretAccessKey>${'<Key>k</Key>'.repeat(9)}`,
    ],
    [
      'cookies',
      'CloudFront-Policy=a~; CloudFront-Signature=b; theme=dark',
      'CloudFront-Policy=REDACTED; CloudFront-Signature=REDACTED; theme=dark',
    ],
    ['a header', 'Authorization: Custom a b c\r\nHost: x', 'Authorization: REDACTED\r\nHost: x'],
    ['a header with quotes', 'authorization: Digest response="a", uri="/"\nx', 'authorization: REDACTED\nx'],
    ['a header inside JSON', '"cookie: a=b\\r\\nhost: x"', '"cookie: REDACTED\\r\\nhost: x"'],
    ['a header, encoded', 'x-auth-key%3A%20abc%0D%0Ahost', 'x-auth-key%3A%20REDACTED%0D%0Ahost'],
    [
      'headers of webhooks and keys',
      'webhook-signature: time=1,sig1=a\nX-Auth-Key: b',
      'webhook-signature: REDACTED\nX-Auth-Key: REDACTED',
    ],
    ['a list of headers', "['x-auth-key', 'abc', 'host', 'x']", "['x-auth-key', 'REDACTED', 'host', 'x']"],
    [
      'the parameter of AWS',
      'AWS4-HMAC-SHA256 Credential=A/b, SignedHeaders=host, Signature=f',
      'AWS4-HMAC-SHA256 Credential=REDACTED, SignedHeaders=host, Signature=REDACTED',
    ],
    ['user and password', 'at https://user:p@ss@host/a@b', 'at https://REDACTED@host/a@b'],
    ['user and password, escaped', 'https:\\/\\/user:pass@host', 'https:\\/\\/REDACTED@host'],
    [
      'user and password, encoded',
      encodeURIComponent('https://user:p:w@host/a@b'),
      encodeURIComponent('https://REDACTED@host/a@b'),
    ],
    ['a value in brackets', '(token=abc)', '(token=REDACTED)'],
  ])('masks %s', (_, text, expected) => {
    expect(scrub(text)).toBe(expected);
    expect(scrub(expected)).toBe(expected);
  });

  test.each([
    '',
    'The storage did not answer in time.',
    'Basic settings were saved; the bearer of this note may enter.',
    'Basic dXNlcg== has no password, Basic YToBYg== has a control.',
    'Basic rules, basic, Basic abcdefghi: five and nine letters are no whole bytes of base64.',
    'Bearer token is missing, so is Bearer authentication.',
    'Set <token> in the configuration, or pass "token" and "sig".',
    '["token","signature","cookie"]',
    'config=prod, design=flat, tokens=500, maxTokens=5, policyName=strict',
    'mysig=9, and the cachePolicy=strict is no retry_policy=none, nor an x-policy=off',
    '<p>the token is there</p> or a token> b</p>, or <token/>x</a>',
    'an empty (token=) or [sig=]',
    'The policy: keep it simple. A cookie is sweet.',
    'https://example.com/videos/0123456789abcdef0123456789abcdef-mp4?page=2&sort=name#top',
    'mailto:someone@example.com and https://example.com/@user',
    '2026-11-24T00:00:00.000Z took 12:30 at 50%',
    'monkeyJumps.over.the.fence and eyJ.txt',
    'eyJ45678901234.x is shorter than a header, eyJhbGciOiJub25lIn0... has nothing behind it',
    'eyJ.txt lies beside a-rather-long-name.without-it.txt, v1.eyJhbGciOiJub25lIn0 is one part.',
    "ENOENT: no such file or directory, open '/srv/videos/a.mp4'",
    '{"code":"BACKEND_UNAVAILABLE","attempt":2,"delayMs":100}',
    'a="b" c=\'d\' %20 \\u0026 \\" <a href="x">y</a>',
    'student-ü 長い名前 👩‍🏫',
  ])('leaves %j as it is', (text) => {
    expect(scrub(text)).toBe(text);
  });
});

/** Credentials as they look in practice: long enough, not only lower case. */
const credential = fc.stringMatching(/^[A-Za-z0-9_-]{10,40}[0-9]$/);
const base64url = fc.stringMatching(/^[A-Za-z0-9_-]{16,60}$/);
const jwt = fc.tuple(base64url, base64url, base64url).map(([header, ...rest]) => [`eyJ${header}`, ...rest].join('.'));
/** No letters, which could form a name together with what follows. */
const quiet = fc.string({ unit: fc.constantFrom(...'ÄÖ漢0 .!?/\n\t(){}'), maxLength: 30 });
const writtenAs = fc.constantFrom<(text: string) => string>(
  (text) => text,
  encodeURIComponent,
  (text) => JSON.stringify(text).slice(1, -1),
  (text) => JSON.stringify(JSON.stringify(text)),
  (text) => encodeURIComponent(JSON.stringify(text)),
);
const names = [
  'X-Amz-Signature',
  'X-Amz-Credential',
  'X-Amz-Security-Token',
  'Signature',
  'Policy',
  'Key-Pair-Id',
].concat([
  'AWSAccessKeyId',
  'token',
  'sig',
  'signature',
  'X-Goog-Signature',
  'access_token',
  'api_key',
  'CloudFront-Policy',
]);
/** Only the credential itself is masked. */
const exactForm = fc.oneof(
  fc.constantFrom('Bearer ', 'bearer ').map((start) => (value: string) => `${start}${value} `),
  fc.constantFrom(...names).map((name) => (value: string) => `https://h.example/?a=1&${name}=${value}&b=2`),
  fc.constantFrom(...names).map((name) => (value: string) => `{"${name}":"${value}"}`),
  fc.constantFrom(...names).map((name) => (value: string) => `{ '${name}': '${value}' }`),
);
const form = fc.oneof(
  exactForm,
  fc
    .constantFrom('Authorization: Bearer ', 'cookie: a=', 'set-cookie: b=', 'webhook-signature: sig1=', 'x-auth-key: ')
    .map((start) => (value: string) => `${start}${value}\n`),
  fc.constant((value: string) => `ftp://user:${value}@h.example/`),
);

describe('property 10', () => {
  test('a credential in any form and any encoding, between any text, is masked', () => {
    fc.assert(
      fc.property(quiet, quiet, credential, form, writtenAs, (before, after, value, put, write) => {
        const text = before + write(put(value)) + after;
        expect(text).toContain(value);
        expect(scrub(text)).not.toContain(value);
      }),
    );
  });

  test('only the credential is masked, the text around it stays', () => {
    fc.assert(
      fc.property(quiet, quiet, credential, exactForm, (before, after, value, put) => {
        expect(scrub(before + put(value) + after)).toBe(before + put('REDACTED') + after);
      }),
    );
  });

  test('a JWT anywhere is gone: payload and signature too', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), jwt, writtenAs, (before, after, token, write) => {
        const masked = scrub(write(`${before}/${token}/${after}`));
        for (const part of [token, ...token.split('.')]) expect(masked).not.toContain(part);
      }),
    );
  });

  test('text without the form of a credential is unchanged', () => {
    const word = fc.constantFrom(
      'video',
      'upload',
      'failed',
      'a.mp4',
      '12:30',
      'n=1',
      '50%',
      '<b>',
      '"x"',
      'ü',
      '{',
      '}',
      'https://h.example/p?q=1',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(word, fc.uuid(), fc.ipV4(), fc.nat().map(String))), (words) => {
        const text = words.join(' ');
        expect(scrub(text)).toBe(text);
      }),
    );
  });

  test('any text: never throws, and scrubbing again changes nothing', () => {
    const piece = fc.oneof(
      fc.string({ unit: codePoint, maxLength: 8 }),
      form.chain((put) => credential.map(put)),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const once = scrub(pieces.join(''));
        expect(scrub(once)).toBe(once);
      }),
    );
  });
});
