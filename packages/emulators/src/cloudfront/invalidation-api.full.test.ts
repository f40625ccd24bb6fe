import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { EdgeSubject, invalidationBatch } from '../../test-support/edge-subject.ts';
import { elementText, elementTexts, type RawAnswer } from '../../test-support/send-raw.ts';

let subject: EdgeSubject;

beforeEach(async () => {
  subject = await EdgeSubject.start();
});
afterEach(() => subject.stop());

const facts = ({ status, text }: RawAnswer) => [status, elementText(text, 'Status'), elementText(text, 'Id')];

describe('CreateInvalidation', () => {
  test('is in progress until its time is over, and returns its paths', async () => {
    const created = await subject.invalidate('one', ['/videos/a/*', '#video:1']);
    const id = elementText(created.text, 'Id');
    expect(created.status).toBe(201);
    expect(created.headers['location']).toBe(`${subject.edge.endpoint}${subject.invalidationPath}/${id}`);
    expect(elementText(created.text, 'Status')).toBe('InProgress');
    expect(elementTexts(created.text, 'Path')).toEqual(['/videos/a/*', '#video:1']);
    expect([elementText(created.text, 'Quantity'), elementText(created.text, 'CallerReference')]).toEqual(['2', 'one']);
    const again = async () => facts(await subject.invalidate('one', ['/videos/a/*', '#video:1']));
    subject.clock.advance(4999);
    expect(await again()).toEqual([201, 'InProgress', id]);
    subject.clock.advance(1);
    expect(await again()).toEqual([201, 'Completed', id]);
  });

  test('the same reference and paths are the same batch, also when it is completed; other paths are refused', async () => {
    const first = facts(await subject.invalidate('one', ['/a', '/b']));
    expect(facts(await subject.invalidate('one', ['/a', '/b']))).toEqual(first);
    expect((await subject.invalidate('one', ['/a'])).outcome).toBe('400 InvalidationBatchAlreadyExists');
    expect((await subject.invalidate('two', ['/a', '/b'])).text).not.toContain(String(first[2]));
    subject.clock.advance(5000);
    expect(facts(await subject.invalidate('one', ['/a', '/b']))).toEqual([201, 'Completed', first[2]]);
  });

  test.each<[string, string[], string]>([
    ['no slash', ['a'], '400 InvalidArgument'],
    ['nothing', [''], '400 InvalidArgument'],
    ['a star inside', ['/a/*/b'], '400 InvalidArgument'],
    ['two stars', ['/a/**'], '400 InvalidArgument'],
    ['a blank', ['/a b'], '400 InvalidArgument'],
    ['a letter beyond ASCII', ['/é'], '400 InvalidArgument'],
    ['half an escape', ['/a%2'], '400 InvalidArgument'],
    ['an invalid escape', ['/a%zz'], '400 InvalidArgument'],
    ['a fragment', ['/a#b'], '400 InvalidArgument'],
    ['4 001 characters', [`/${'a'.repeat(4000)}`], '400 InvalidArgument'],
    ['one bad of two', ['/a', 'b'], '400 InvalidArgument'],
    ['an empty tag', ['#'], '400 InvalidArgument'],
    ['a tag with a comma', ['#a,b'], '400 InvalidArgument'],
    ['a tag with a star', ['#a*'], '400 InvalidArgument'],
    ['a tag of 257 characters', [`#${'a'.repeat(257)}`], '400 InvalidArgument'],
    ['4 000 characters', [`/${'a'.repeat(3999)}`], '201'],
    ['escapes, a query, a star at the end', ['/a%20b/c?d=e&f=*'], '201'],
    ['everything', ['/*'], '201'],
    ['a tag of 256 characters', [`#${'a'.repeat(256)}`], '201'],
  ])('a path: %s', async (_name, items, expected) => {
    expect((await subject.invalidate('one', items)).outcome).toBe(expected);
  });

  test.each([0, 2, 3])('one path and a quantity of %i', async (quantity) => {
    expect((await subject.invalidate('one', ['/a'], quantity)).outcome).toBe('400 InconsistentQuantities');
  });

  test('without paths, reference or body, or with another document, it is refused', async () => {
    const post = (body: string) => subject.callApi('POST', subject.invalidationPath, body).then((one) => one.outcome);
    expect((await subject.invalidate('one', [])).outcome).toBe('400 InvalidArgument');
    expect((await subject.invalidate('', ['/a'])).outcome).toBe('400 MissingBody');
    expect(await post('')).toBe('400 MissingBody');
    expect(await post('<Other/>')).toBe('400 MalformedXML');
    expect(await post('<InvalidationBatch>')).toBe('400 MalformedXML');
    expect(await post('<InvalidationBatch><Paths>x</Paths></InvalidationBatch>')).toBe('400 MalformedXML');
    expect(await post('<!DOCTYPE x [<!ENTITY e "/a">]><InvalidationBatch/>')).toBe('400 MalformedXML');
    expect(await post(' '.repeat(3_000_000))).toBe('400 MaxMessageLengthExceeded');
  });

  test('quotas: fifteen wildcards and three thousand paths in progress; completed batches no longer count', async () => {
    const wildcards = (from: number, count: number) =>
      Array.from({ length: count }, (_, index) => `/${from + index}/*`);
    const paths = (count: number) => Array.from({ length: count }, (_, index) => `/${index}`);
    expect((await subject.invalidate('a', wildcards(0, 15))).outcome).toBe('201');
    expect((await subject.invalidate('b', wildcards(15, 1))).outcome).toBe('400 TooManyInvalidationsInProgress');
    expect((await subject.invalidate('a', wildcards(0, 15))).outcome).toBe('201');
    expect((await subject.invalidate('c', paths(2985))).outcome).toBe('201');
    expect((await subject.invalidate('d', ['/x'])).outcome).toBe('400 TooManyInvalidationsInProgress');
    expect((await subject.invalidate('e', paths(3001))).outcome).toBe('413 BatchTooLarge');
    subject.clock.advance(5000);
    expect((await subject.invalidate('b', wildcards(15, 1))).outcome).toBe('201');
  });
});

describe('purging the edges', () => {
  const cached = async () => {
    const hits: string[] = [];
    for (const path of ['/a/1.mp4', '/a/2.mp4', '/A/1.mp4', '/b/1.mp4']) {
      if ((await subject.viewFreely(path)).headers['x-cache'] === 'Hit from cloudfront') hits.push(path);
    }
    return hits;
  };

  beforeEach(async () => {
    for (const [key, tag] of [
      ['a/1.mp4', 'Video:1, all'],
      ['a/2.mp4', 'video:2,ALL'],
      ['A/1.mp4', ''],
      ['b/1.mp4', 'video:11'],
    ] as const) {
      await subject.bucket.call('PUT', key, {
        body: 'x',
        ...(tag !== '' && { headers: { 'x-amz-meta-cache-tag': tag } }),
      });
    }
    await cached();
  });

  test.each<[string, string[]]>([
    ['/a/1.mp4', ['/a/2.mp4', '/A/1.mp4', '/b/1.mp4']],
    ['/a/*', ['/A/1.mp4', '/b/1.mp4']],
    ['/a*', ['/A/1.mp4', '/b/1.mp4']],
    ['/*', []],
    ['/a', ['/a/1.mp4', '/a/2.mp4', '/A/1.mp4', '/b/1.mp4']],
    ['#video:1', ['/a/2.mp4', '/A/1.mp4', '/b/1.mp4']],
    ['#all', ['/A/1.mp4', '/b/1.mp4']],
  ])('%s', async (item, left) => {
    await subject.invalidate('one', [item]);
    expect(await cached()).toHaveLength(4);
    subject.clock.advance(5000);
    expect(await cached()).toEqual(left);
  });

  test('T-J2: an old URL is served until the invalidation is completed, and then no longer', async () => {
    await subject.bucket.call('DELETE', 'a/1.mp4');
    expect((await subject.viewFreely('/a/1.mp4')).status).toBe(200);
    await subject.invalidate('one', ['/a/1.mp4']);
    expect((await subject.viewFreely('/a/1.mp4')).status).toBe(200);
    subject.clock.advance(5000);
    expect((await subject.viewFreely('/a/1.mp4')).outcome).toBe('404 NoSuchKey');
  });
});

describe('who may call', () => {
  const batch = invalidationBatch('one', ['/a'], 1);
  const call = (more: Parameters<EdgeSubject['callApi']>[3], path = subject.invalidationPath) =>
    subject.callApi('POST', path, batch, more).then(({ outcome }) => outcome);

  test.each<[string, Parameters<EdgeSubject['callApi']>[3], string]>([
    ['another body than was signed', { sentBody: invalidationBatch('one', ['/*'], 1) }, '403 SignatureDoesNotMatch'],
    ['another secret', { signer: { secretAccessKey: 'wrong' } }, '403 SignatureDoesNotMatch'],
    ['an unknown key', { signer: { accessKeyId: 'AKIANOBODY' } }, '403 InvalidClientTokenId'],
    ['another region', { signer: { region: 'eu-west-1' } }, '400 IncompleteSignature'],
    ['another service', { signer: { service: 's3' } }, '400 IncompleteSignature'],
  ])('%s', async (_name, more, expected) => {
    expect(await call(more)).toBe(expected);
  });

  test('a call without a signature is refused, and a viewer’s grant is not one', async () => {
    expect((await subject.view(subject.invalidationPath, '', {}, 'POST')).outcome).toBe(
      '403 MissingAuthenticationToken',
    );
    expect((await subject.viewFreely(subject.invalidationPath)).status).toBe(403);
  });

  test('other distributions, and calls that are not emulated', async () => {
    expect(await call({}, '/2020-05-31/distribution/EOTHER/invalidation')).toBe('404 NoSuchDistribution');
    const get = (path: string) => subject.callApi('GET', path).then(({ outcome }) => outcome);
    expect(await get(`${subject.invalidationPath}/INONE`)).toBe('501 NotImplemented');
    expect(await get(subject.invalidationPath)).toBe('501 NotImplemented');
    expect(await get('/2020-05-31/distribution')).toBe('501 NotImplemented');
  });

  test('refusals name the sender or the service as the cause, with a request id', async () => {
    const { text, headers } = await subject.invalidate('one', ['a']);
    expect(elementText(text, 'Type')).toBe('Sender');
    expect(elementText(text, 'RequestId')).toBe(headers['x-amzn-requestid']);
  });
});
