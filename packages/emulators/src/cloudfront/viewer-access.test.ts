import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EdgeSubject, ecKey, rsaKey } from '../../test-support/edge-subject.ts';
import { sendRaw } from '../../test-support/send-raw.ts';
import {
  asCookies,
  asQuery,
  cannedGrant,
  customGrant,
  type GrantParameters,
  type PolicyTerms,
  policyText,
} from '../../test-support/sign-grant.ts';
import { CloudFrontEmulator } from './cloudfront-emulator.ts';

const PATH = '/videos/a/film.mp4';
let subject: EdgeSubject;
let film: string;

beforeAll(async () => {
  subject = await EdgeSubject.start();
  film = `${subject.edge.endpoint}${PATH}`;
  for (const key of ['videos/a/film.mp4', 'videos/a/hls/0.ts', 'videos/b/film.mp4']) {
    await subject.bucket.call('PUT', key, { body: key });
  }
});
afterAll(() => subject.stop());

const soon = () => subject.nowSeconds + 60;
const outcome = async (grant: GrantParameters | string, path = PATH) =>
  (await subject.view(path, typeof grant === 'string' ? grant : asQuery(grant))).outcome;
const custom = (resource: string | undefined, terms: PolicyTerms = { before: soon() }) =>
  customGrant(rsaKey, policyText(resource, terms));

describe('a canned policy', () => {
  test.each([
    ['RSA, SHA-1', rsaKey, 'SHA1'],
    ['RSA, SHA-256', rsaKey, 'SHA256'],
    ['ECDSA, SHA-1', ecKey, 'SHA1'],
    ['ECDSA, SHA-256', ecKey, 'SHA256'],
  ] as const)('%s: is valid for this URL until this second', async (_name, key, hash) => {
    const grant = cannedGrant(key, film, soon(), hash);
    expect(await outcome(grant)).toBe('200');
    expect(await outcome(grant, '/videos/b/film.mp4')).toBe('403 AccessDenied');
    expect(await outcome({ ...grant, Expires: String(soon() + 1) })).toBe('403 AccessDenied');
    expect(await outcome(`${asQuery(grant)}&x=1`)).toBe('403 AccessDenied');
    expect(await outcome(cannedGrant(key, film, subject.nowSeconds, hash))).toBe('403 AccessDenied');
    const { Signature = '' } = grant;
    const changed = `${Signature.slice(0, 10)}${Signature[10] === 'A' ? 'B' : 'A'}${Signature.slice(11)}`;
    expect(await outcome({ ...grant, Signature: changed })).toBe('403 AccessDenied');
  });

  test('the named hash must be the one of the signature', async () => {
    const named = cannedGrant(rsaKey, film, soon(), 'SHA256');
    for (const hash of ['SHA512', 'sha256']) {
      expect(await outcome({ ...named, 'Hash-Algorithm': hash })).toBe('403 AccessDenied');
    }
    const { 'Hash-Algorithm': _, ...unnamed } = named;
    expect(await outcome(unnamed)).toBe('403 AccessDenied');
    for (const hash of ['SHA256', 'SHA512', 'sha1', '']) {
      const grant = { ...cannedGrant(rsaKey, film, soon()), 'Hash-Algorithm': hash };
      expect(await outcome(grant)).toBe('403 AccessDenied');
    }
    expect(await outcome({ ...cannedGrant(rsaKey, film, soon()), 'Hash-Algorithm': 'SHA1' })).toBe('200');
  });

  test('an end within a second, or as no number, is malformed', async () => {
    for (const expires of [`${soon()}.5`, `"${soon()}"`, 'x'])
      expect(await outcome(cannedGrant(rsaKey, film, expires))).toBe('403 MalformedPolicy');
  });

  test('plain base64 with + / = is refused; CloudFront’s alphabet is accepted, also percent-encoded', async () => {
    const plain = (text: string) => text.replaceAll('-', '+').replaceAll('_', '=').replaceAll('~', '/');
    // A signature of RSA-2048 ends in padding, and one without + and / is very rare.
    const grant = cannedGrant(rsaKey, film, soon());
    const { Signature = '' } = grant;
    expect(await outcome({ ...grant, Signature: plain(Signature) })).toBe('403 AccessDenied');
    expect(await outcome({ ...grant, Signature: encodeURIComponent(plain(Signature)) })).toBe('403 AccessDenied');
    expect(await outcome({ ...grant, Signature: Signature.replaceAll('_', '') })).toBe('403 AccessDenied');
    expect(await outcome({ ...grant, Signature: Signature.replaceAll('~', '%7E').replaceAll('_', '%5F') })).toBe('200');
    const own = custom(film, { before: soon(), after: 1 });
    const policy = own['Policy'] ?? '';
    expect(await outcome({ ...own, Policy: `${policy.replace(/_+$/, '')}=` })).toBe('403 MalformedPolicy');
  });

  test('a policy together with an end, and a repeated parameter, are refused', async () => {
    expect(await outcome({ ...custom(film), Expires: String(soon()) })).toBe('403 AccessDenied');
    const grant = cannedGrant(rsaKey, film, soon());
    expect(await outcome(`${asQuery(grant)}&Expires=${grant['Expires']}`)).toBe('403 AccessDenied');
  });

  test('the viewer’s own query is part of the URL, and keeps its position', async () => {
    const grant = asQuery(cannedGrant(rsaKey, `${film}?a=1&b=2`, soon()));
    expect(await outcome(`a=1&b=2&${grant}`)).toBe('200');
    expect(await outcome(`a=1&${grant}&b=2`)).toBe('200');
    expect(await outcome(`b=2&a=1&${grant}`)).toBe('403 AccessDenied');
    expect(await outcome(grant)).toBe('403 AccessDenied');
  });

  test('a literal * is not a wildcard', async () => {
    expect(await outcome(cannedGrant(rsaKey, `${subject.edge.endpoint}/videos/b/film.mp4`, soon()))).toBe(
      '403 AccessDenied',
    );
    expect(await outcome(cannedGrant(rsaKey, `${subject.edge.endpoint}/videos/a/*`, soon()))).toBe('403 AccessDenied');
  });
});

describe('a custom policy', () => {
  const { href } = new URL('http://placeholder/');
  test.each<[string, (origin: string) => string | undefined, string]>([
    ['this address', (origin) => `${origin}${PATH}`, '200'],
    ['the folder', (origin) => `${origin}/videos/a/*`, '200'],
    ['another folder', (origin) => `${origin}/videos/b/*`, '403 AccessDenied'],
    ['a folder with the same prefix', (origin) => `${origin}/videos/a/f/*`, '403 AccessDenied'],
    ['a star inside', (origin) => `${origin}/videos/*/film.mp4`, '200'],
    ['several stars', (origin) => `${origin}/*o*/*f*m*4`, '200'],
    ['a star for an empty text', (origin) => `${origin}${PATH}*`, '200'],
    ['a question mark for one character', (origin) => `${origin}/videos/?/fi??.mp4`, '200'],
    ['a question mark for an empty text', (origin) => `${origin}${PATH}?`, '403 AccessDenied'],
    ['any scheme', (origin) => origin.replace('http', 'http*') + PATH, '200'],
    ['https only', (origin) => origin.replace('http', 'https') + PATH, '403 AccessDenied'],
    ['any host', () => `http://*${PATH}`, '200'],
    ['everything', () => '*', '200'],
    ['without a resource', () => undefined, '200'],
    ['another host', () => `${href}videos/a/*`, '403 AccessDenied'],
    ['another case', (origin) => `${origin}/Videos/a/*`, '403 AccessDenied'],
    ['a pattern that needs backtracking', () => `${'*a'.repeat(2000)}`, '403 AccessDenied'],
  ])('%s', async (_name, resource, expected) => {
    expect(await outcome(custom(resource(subject.edge.endpoint)))).toBe(expected);
  });

  test('a star covers queries too', async () => {
    expect(await outcome(`x=1&${asQuery(custom(`${film}*`))}`)).toBe('200');
    expect(await outcome(`x=1&${asQuery(custom(film))}`)).toBe('403 AccessDenied');
  });

  test('begin and end, to the second', async () => {
    const at = (after: number, before: number) =>
      outcome(custom(film, { after: subject.nowSeconds + after, before: subject.nowSeconds + before }));
    expect(await at(-1, 1)).toBe('200');
    expect(await at(0, 1)).toBe('403 AccessDenied');
    expect(await at(1, 2)).toBe('403 AccessDenied');
    expect(await at(-2, 0)).toBe('403 AccessDenied');
    const grant = custom(film, { after: subject.nowSeconds + 10, before: subject.nowSeconds + 20 });
    subject.clock.advance(11_000);
    expect(await outcome(grant)).toBe('200');
    subject.clock.advance(10_000);
    expect(await outcome(grant)).toBe('403 AccessDenied');
  });

  test.each<[unknown, string]>([
    ['127.0.0.1', '200'],
    ['127.0.0.1/32', '200'],
    ['127.0.0.0/8', '200'],
    ['0.0.0.0/0', '200'],
    ['127.0.0.2', '403 AccessDenied'],
    ['10.0.0.0/8', '403 AccessDenied'],
    ['127.0.0.0/33', '403 AccessDenied'],
    ['127.0.0.0/x', '403 AccessDenied'],
    ['127.0.0.1/8/8', '403 AccessDenied'],
    ['::1', '403 AccessDenied'],
    ['::/0', '403 AccessDenied'],
    ['', '403 AccessDenied'],
    [1, '403 AccessDenied'],
  ])('addresses of %j', async (sourceIp, expected) => {
    expect(await outcome(custom(film, { before: soon(), sourceIp }))).toBe(expected);
  });

  test.each<[string, string]>([
    ['no JSON', 'policy'],
    ['null', 'null'],
    ['no statement', '{}'],
    ['none of them', '{"Statement":[]}'],
    ['two statements', '{"Statement":[{"Condition":{"DateLessThan":{"AWS:EpochTime":9999999999}}},{}]}'],
    ['no list of them', '{"Statement":{"Condition":{"DateLessThan":{"AWS:EpochTime":9999999999}}}}'],
    ['no condition', '{"Statement":[{"Resource":"*"}]}'],
    ['no end', '{"Statement":[{"Resource":"*","Condition":{"DateGreaterThan":{"AWS:EpochTime":1}}}]}'],
    [
      'a begin as text',
      '{"Statement":[{"Condition":{"DateLessThan":{"AWS:EpochTime":9999999999},"DateGreaterThan":{"AWS:EpochTime":"1"}}}]}',
    ],
    ['an end within a second', '{"Statement":[{"Condition":{"DateLessThan":{"AWS:EpochTime":9999999999.5}}}]}'],
    [
      'a begin within a second',
      '{"Statement":[{"Condition":{"DateLessThan":{"AWS:EpochTime":9999999999},"DateGreaterThan":{"AWS:EpochTime":1.5}}}]}',
    ],
    ['an end before all time', '{"Statement":[{"Condition":{"DateLessThan":{"AWS:EpochTime":-1}}}]}'],
    [
      'a condition that CloudFront does not know',
      '{"Statement":[{"Condition":{"DateLessThan":{"AWS:EpochTime":9999999999},"StringEquals":{"AWS:Referer":"a"}}}]}',
    ],
    [
      'a second key in a condition',
      '{"Statement":[{"Condition":{"DateLessThan":{"AWS:EpochTime":9999999999,"AWS:CurrentTime":1}}}]}',
    ],
    [
      'a condition without its key',
      '{"Statement":[{"Condition":{"DateLessThan":{"AWS:EpochTime":9999999999},"IpAddress":{}}}]}',
    ],
    [
      'a member that CloudFront does not know',
      '{"Statement":[{"Effect":"Deny","Condition":{"DateLessThan":{"AWS:EpochTime":9999999999}}}]}',
    ],
    ['an end as text', '{"Statement":[{"Resource":"*","Condition":{"DateLessThan":{"AWS:EpochTime":"9999999999"}}}]}'],
  ])('%s', async (_name, policy) => {
    expect(await outcome(customGrant(rsaKey, policy))).toBe('403 MalformedPolicy');
  });

  test('an invalid resource', async () => {
    const policy = '{"Statement":[{"Resource":["*"],"Condition":{"DateLessThan":{"AWS:EpochTime":9999999999}}}]}';
    expect(await outcome(customGrant(rsaKey, policy))).toBe('403 AccessDenied');
  });
});

describe('keys', () => {
  test('two keys open at the same time, so that a signer can change its key without a break', async () => {
    for (const key of [rsaKey, ecKey]) expect(await outcome(cannedGrant(key, film, soon()))).toBe('200');
  });

  test('a missing or unknown key, or another one’s id', async () => {
    const grant = cannedGrant(rsaKey, film, soon());
    const { 'Key-Pair-Id': _, ...keyless } = grant;
    const { Signature: __, ...unsigned } = grant;
    expect(await outcome('')).toBe('403 MissingKey');
    expect(await outcome(keyless)).toBe('403 MissingKey');
    expect(await outcome(unsigned)).toBe('403 MissingKey');
    expect(await outcome({ ...grant, 'Key-Pair-Id': 'KNONE' })).toBe('403 InvalidKey');
    expect(await outcome({ ...grant, 'Key-Pair-Id': '__proto__' })).toBe('403 InvalidKey');
    expect(await outcome({ ...grant, 'Key-Pair-Id': ecKey.keyPairId })).toBe('403 AccessDenied');
  });

  test('only keys that CloudFront accepts, and at most five', async () => {
    const origin = { endpoint: subject.s3.endpoint, bucket: 'b', region: 'r', accessKeyId: 'a', secretAccessKey: 's' };
    const start = (publicKeys: Record<string, string>) => CloudFrontEmulator.start({ origin, publicKeys });
    const pem = (pair: { readonly publicKey: { export(options: { type: 'spki'; format: 'pem' }): string | Buffer } }) =>
      String(pair.publicKey.export({ type: 'spki', format: 'pem' }));
    await expect(start({ KEY: pem(generateKeyPairSync('rsa', { modulusLength: 1024 })) })).rejects.toThrow(
      'KEY is neither',
    );
    await expect(start({ KEY: pem(generateKeyPairSync('ec', { namedCurve: 'P-384' })) })).rejects.toThrow(
      'KEY is neither',
    );
    await expect(start({ KEY: pem(generateKeyPairSync('ed25519')) })).rejects.toThrow('KEY is neither');
    const six = Object.fromEntries(Array.from({ length: 6 }, (_, index) => [`KEY${index}`, ecKey.publicPem]));
    await expect(start(six)).rejects.toThrow('at most five');
  });

  test('a key pair id that CloudFront would not issue is refused at the start, and the message shows the correct form', async () => {
    const origin = { endpoint: subject.s3.endpoint, bucket: 'b', region: 'r', accessKeyId: 'a', secretAccessKey: 's' };
    const start = (id: string) => CloudFrontEmulator.start({ origin, publicKeys: { [id]: ecKey.publicPem } });
    for (const id of ['my-key', 'K1', '', 'K'.repeat(65)]) await expect(start(id)).rejects.toThrow('"K2JCJMDEHXQW5F"');
    for (const id of ['K1A', 'K'.repeat(64)]) await (await start(id)).stop();
  });
});

describe('cookies', () => {
  const view = async (cookie: string, path = PATH, query = '') => (await subject.view(path, query, { cookie })).outcome;
  const folder = () => custom(`${subject.edge.endpoint}/videos/a/*`);

  test('a wildcard policy opens a folder, and no other', async () => {
    const cookie = asCookies(folder());
    expect(await view(cookie)).toBe('200');
    expect(await view(cookie, '/videos/a/hls/0.ts')).toBe('200');
    expect(await view(`theme=dark; ${cookie}; x=1==`)).toBe('200');
    expect(await view(cookie, '/videos/b/film.mp4')).toBe('403 AccessDenied');
  });

  test('canned, and with SHA-256', async () => {
    expect(await view(asCookies(cannedGrant(rsaKey, film, soon())))).toBe('200');
    expect(await view(asCookies(cannedGrant(ecKey, film, soon(), 'SHA256')))).toBe('200');
    expect(await view(asCookies(cannedGrant(rsaKey, `${subject.edge.endpoint}/videos/a/*`, soon())))).toBe(
      '403 AccessDenied',
    );
  });

  test('parameters in the address come first, good or bad', async () => {
    const good = asCookies(folder());
    const bad = good.replace('Signature=', 'Signature=x');
    expect(await view(good, PATH, asQuery(cannedGrant(rsaKey, film, 1)))).toBe('403 AccessDenied');
    expect(await view(good, PATH, 'Key-Pair-Id=KNONE')).toBe('403 MissingKey');
    expect(await view(bad, PATH, asQuery(cannedGrant(rsaKey, film, soon())))).toBe('200');
  });

  test('dots do not lead out of the folder', async () => {
    const cookie = asCookies(folder());
    for (const path of [
      '/videos/a/../b/film.mp4',
      '/videos/a/%2e%2e/b/film.mp4',
      '/videos/a/..%2fb/film.mp4',
      '/videos/a//../../b/film.mp4',
    ]) {
      expect(await view(cookie, path)).toBe('404 NoSuchKey');
    }
    expect(await view(asCookies(custom('*')), '/../other-bucket/film.mp4')).toBe('404 NoSuchKey');
  });
});

describe('malformed requests', () => {
  test.each(['Signature=%zz&Key-Pair-Id=KRSA', 'Policy=%', 'Expires=1&Expires=%ff&Signature=a&Key-Pair-Id=KRSA'])(
    '%s',
    async (query) => {
      expect(await outcome(query)).toBe('403 AccessDenied');
    },
  );

  test('a path that cannot be decoded, and a URL that is too long', async () => {
    expect((await subject.viewFreely('/videos/%zz')).outcome).toBe('400 InvalidURI');
    expect((await subject.viewFreely(`/${'x'.repeat(8192)}`)).outcome).toBe('414 URITooLong');
  });

  test('host names of the distribution, and others', async () => {
    const port = new URL(subject.edge.endpoint).port;
    const ask = (host: string, resource: string) =>
      subject.view(PATH, asQuery(cannedGrant(rsaKey, resource, soon())), { host }).then((one) => one.outcome);
    expect(await ask(`localhost:${port}`, `http://localhost:${port}${PATH}`)).toBe('200');
    expect(await ask(`localhost:${port}`, film)).toBe('403 AccessDenied');
    const foreign = asQuery(custom('*'));
    for (const host of ['evil.example.com', '127.0.0.1', `127.0.0.1:${port}.evil.example.com`]) {
      const { status, text } = await subject.view(PATH, foreign, { host });
      expect([status, text.includes('The request could not be satisfied')]).toEqual([403, true]);
    }
    const aliased = await EdgeSubject.start({ aliases: ['http://cdn.example.com'] });
    await aliased.bucket.call('PUT', 'k', { body: 'x' });
    const query = asQuery(cannedGrant(rsaKey, 'http://cdn.example.com/k', soon()));
    const answer = await sendRaw(aliased.edge.endpoint, 'GET', `/k?${query}`, { host: 'cdn.example.com' });
    expect(answer.outcome).toBe('200');
    await aliased.stop();
  });
});
