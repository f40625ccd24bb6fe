import * as aws from '@aws-sdk/client-cloudfront';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { getSignedCookies, getSignedUrl } from '@aws-sdk/cloudfront-signer';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ecKeyPair, rsaKeyPair } from '../test-support/key-pairs.ts';
import { createEmulatedSubject, type EmulatedSubject } from '../test-support/subject.ts';

// Requests that AWS's own signer and SDK make, sent to the emulator, which must be as strict as the written rules.

let subject: EmulatedSubject;
let api: aws.CloudFrontClient;
let film: string;

beforeAll(async () => {
  subject = await createEmulatedSubject();
  const { endpoint, region, bucket, accessKeyId, secretAccessKey } = subject.s3;
  const credentials = { accessKeyId, secretAccessKey };
  const s3 = new S3Client({ endpoint, region, credentials, forcePathStyle: true });
  for (const name of ['film.mp4', 'hls/0.ts']) {
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: `videos/a/${name}`, Body: 'bytes' }));
  }
  s3.destroy();
  api = new aws.CloudFrontClient({
    region: 'us-east-1',
    endpoint: subject.cloudFront.endpoint,
    credentials,
    maxAttempts: 1,
  });
  film = `${subject.cloudFront.endpoint}/videos/a/film.mp4`;
});

afterAll(async () => {
  api.destroy();
  await subject.dispose();
});

const soon = () => new Date(subject.clock.now() + 60_000);
const rsa = { keyPairId: rsaKeyPair.keyPairId, privateKey: rsaKeyPair.pem };
const policyFor = (resource: string, more: object = {}) =>
  JSON.stringify({
    Statement: [
      {
        Resource: resource,
        Condition: { DateLessThan: { 'AWS:EpochTime': Math.floor(soon().getTime() / 1000) }, ...more },
      },
    ],
  });

async function answer(url: string, headers: Record<string, string> = {}): Promise<string> {
  const response = await fetch(url, { headers });
  const [, code = ''] = /<Code>(\w+)<\/Code>/.exec(await response.text()) ?? [];
  return `${response.status} ${code}`.trim();
}

describe('viewers', () => {
  const canned = () => getSignedUrl({ ...rsa, url: film, dateLessThan: soon() });
  const signed = (policy: string) => getSignedUrl({ ...rsa, url: film, policy });

  test.each<[string, () => string, string]>([
    ['nothing', () => film, '403 MissingKey'],
    ['a canned policy, RSA, SHA-1', canned, '200'],
    ['SHA-256', () => getSignedUrl({ ...rsa, url: film, dateLessThan: soon(), algorithm: 'SHA256' }), '200'],
    [
      'ECDSA',
      () =>
        getSignedUrl({ keyPairId: ecKeyPair.keyPairId, privateKey: ecKeyPair.pem, url: film, dateLessThan: soon() }),
      '200',
    ],
    ['an added parameter', () => `${canned()}&x=1`, '403 AccessDenied'],
    ['a key pair that is not in the group', () => canned().replace(rsa.keyPairId, 'KOTHER'), '403 InvalidKey'],
    ['the id of another key pair', () => canned().replace(rsa.keyPairId, ecKeyPair.keyPairId), '403 AccessDenied'],
    ['another hash than the signature has', () => `${canned()}&Hash-Algorithm=SHA256`, '403 AccessDenied'],
    ['a hash that does not exist', () => `${canned()}&Hash-Algorithm=SHA512`, '403 AccessDenied'],
    ['an end in the past', () => getSignedUrl({ ...rsa, url: film, dateLessThan: new Date(1e12) }), '403 AccessDenied'],
    ['a wildcard', () => signed(policyFor(`${film.slice(0, -8)}*`)), '200'],
    ['a wildcard of a folder beside it', () => signed(policyFor(`${film.slice(0, -8)}b/*`)), '403 AccessDenied'],
    ['one character of any kind', () => signed(policyFor(film.replace('film', 'fil?'))), '200'],
    [
      'a beginning to come',
      () => signed(policyFor(film, { DateGreaterThan: { 'AWS:EpochTime': Math.floor(soon().getTime() / 1000) } })),
      '403 AccessDenied',
    ],
    [
      'another address',
      () => signed(policyFor(film, { IpAddress: { 'AWS:SourceIp': '192.0.2.0/24' } })),
      '403 AccessDenied',
    ],
    [
      'a policy without an end',
      () => signed(`{"Statement":[{"Resource":"${film}","Condition":{}}]}`),
      '403 MalformedPolicy',
    ],
    ['two statements', () => signed(policyFor(film).replace(/\[(.*)\]/, '[$1,$1]')), '403 MalformedPolicy'],
  ])('%s', async (_name, url, expected) => {
    expect(await answer(url())).toBe(expected);
  });

  test('cookies with a wildcard policy open the folder, canned ones for a literal * do not', async () => {
    const folder = film.slice(0, -8);
    const header = (cookies: object) =>
      Object.entries(cookies)
        .map(([name, value]) => `${name}=${value}`)
        .join('; ');
    const custom = header(getSignedCookies({ ...rsa, policy: policyFor(`${folder}*`) }));
    expect(await answer(`${folder}hls/0.ts`, { cookie: custom })).toBe('200');
    const literal = header(getSignedCookies({ ...rsa, url: `${folder}*`, dateLessThan: soon() }));
    expect(await answer(`${folder}hls/0.ts`, { cookie: literal })).toBe('403 AccessDenied');
    // Where there are both, the URL is what counts.
    const bad = canned().replace(/Expires=\d+/, 'Expires=1999999999');
    expect(await answer(bad, { cookie: custom })).toBe('403 AccessDenied');
  });
});

describe('invalidations', () => {
  const create = async (CallerReference: string, Items: string[], Quantity = Items.length, DistributionId?: string) => {
    const input = {
      DistributionId: DistributionId ?? subject.cloudFront.distributionId,
      InvalidationBatch: { CallerReference, Paths: { Quantity, Items } },
    };
    return api.send(new aws.CreateInvalidationCommand(input)).then(
      ({ Invalidation }) => `${Invalidation?.Status} ${Invalidation?.Id}`,
      (error: { readonly name: string }) => error.name,
    );
  };

  test('the same reference with the same paths is the same batch; with others it is refused', async () => {
    const first = await create('one', ['/videos/a/*']);
    expect(first).toMatch(/^InProgress I/);
    expect(await create('one', ['/videos/a/*'])).toBe(first);
    expect(await create('one', ['/videos/b/*'])).toBe('InvalidationBatchAlreadyExists');
    subject.clock.advance(6000);
    expect(await create('one', ['/videos/a/*'])).toBe(first.replace('InProgress', 'Completed'));
  });

  test.each<[string, string[], number | undefined, string]>([
    ['a path without a slash', ['videos/a'], undefined, 'InvalidArgument'],
    ['a star inside', ['/videos/*/a'], undefined, 'InvalidArgument'],
    ['a space', ['/my film.mp4'], undefined, 'InvalidArgument'],
    ['a letter beyond ASCII', ['/é.mp4'], undefined, 'InvalidArgument'],
    ['no path', [], undefined, 'InvalidArgument'],
    ['a wrong count', ['/a'], 2, 'InconsistentQuantities'],
    [
      'sixteen wildcards',
      Array.from({ length: 16 }, (_, index) => `/w${index}/*`),
      undefined,
      'TooManyInvalidationsInProgress',
    ],
  ])('%s', async (name, items, quantity, expected) => {
    expect(await create(name, items, quantity)).toBe(expected);
  });

  test('another distribution is not found', async () => {
    expect(await create('other', ['/a'], 1, 'EOTHER')).toBe('NoSuchDistribution');
  });
});
