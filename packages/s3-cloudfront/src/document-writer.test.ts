import { HeadObjectCommand, S3Client as SdkClient } from '@aws-sdk/client-s3';
import { systemClock } from '@videostorage/core';
import { S3Emulator, type S3EmulatorOptions } from '@videostorage/emulators';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { AwsError, toBackendError } from './aws-error.ts';
import { DocumentWriter } from './document-writer.ts';
import { S3Client } from './s3-client.ts';
import { namingLack } from './store-abilities.ts';

const { signal } = new AbortController();
const key = 'records/a.json';
let s3: S3Emulator;
let sdk: SdkClient;
let client: S3Client;

async function writerOver(options: S3EmulatorOptions, isAtomic: boolean): Promise<DocumentWriter> {
  s3 = await S3Emulator.start(options);
  const { endpoint, region, bucket, accessKeyId, secretAccessKey } = s3;
  const credentials = { accessKeyId, secretAccessKey };
  const requestChecksumCalculation = 'WHEN_REQUIRED';
  sdk = new SdkClient({
    ...{ endpoint, region, credentials, requestChecksumCalculation, forcePathStyle: true, maxAttempts: 1 },
  });
  client = new S3Client(sdk, { bucket, clock: systemClock });
  return new DocumentWriter(client, isAtomic);
}
const stored = async () => Buffer.from((await client.getObject(key, 100, signal)) ?? '').toString();
const puts = () => s3.requests.filter((request) => request.startsWith('PUT')).length;

afterEach(() => s3.stop());

describe('with create-if-absent', () => {
  test('of many simultaneous creates one is true; only the first success is sent a second time', async () => {
    const writer = await writerOver({}, true);
    const created = await Promise.all(['1', '2', '3', '4'].map((text) => writer.create({ key, text }, signal)));
    expect(created.filter(Boolean)).toHaveLength(1);
    expect(await stored()).toBe(String(created.indexOf(true) + 1));
    expect(puts()).toBe(5);
    expect(await writer.create({ key: 'records/b.json', text: '' }, signal)).toBe(true);
    expect(await writer.create({ key, text: '5' }, signal)).toBe(false);
    expect(puts()).toBe(7);
  });

  test('a check of the store whose outcome is unknown does not count, and is repeated with the next create', async () => {
    const writer = await writerOver({}, true);
    let seen = 0;
    const matches = ({ method }: { readonly method?: string | undefined }) => method === 'PUT' && ++seen === 2;
    s3.failNext({ kind: 'status', status: 503 }, { matches });
    await expect(writer.create({ key, text: '1' }, signal)).rejects.toMatchObject({ code: 'BACKEND_UNAVAILABLE' });
    // False, as after any lost answer: the caller then reads the stored document.
    expect(await writer.create({ key, text: '1' }, signal)).toBe(false);
    expect(await writer.create({ key: 'records/b.json', text: '' }, signal)).toBe(true);
    expect(puts()).toBe(5);
  });

  test('a document is stored as JSON', async () => {
    const writer = await writerOver({}, true);
    await writer.create({ key, text: '{}' }, signal);
    const { ContentType } = await sdk.send(new HeadObjectCommand({ Bucket: s3.bucket, Key: key }));
    expect(ContentType).toBe('application/json');
  });

  test('an overwrite sends no condition', async () => {
    const writer = await writerOver({}, true);
    await writer.overwrite({ key, text: '1' }, signal);
    await writer.overwrite({ key, text: '2' }, signal);
    expect([await stored(), puts()]).toEqual(['2', 2]);
  });
});

describe('without it', () => {
  const lacks = { withoutCreateIfAbsent: true };

  test('of many simultaneous creates in one storage one is true, and no condition is sent', async () => {
    const writer = await writerOver(lacks, false);
    const created = await Promise.all(['1', '2', '3', '4'].map((text) => writer.create({ key, text }, signal)));
    expect(created).toEqual([true, false, false, false]);
    expect([await stored(), puts()]).toEqual(['1', 1]);
  });

  test('a create that began before an overwrite does not undo it', async () => {
    const writer = await writerOver(lacks, false);
    const created = writer.create({ key, text: 'ready' }, signal);
    const overwritten = writer.overwrite({ key, text: 'deleted' }, signal);
    const late = writer.create({ key, text: 'ready' }, signal);
    expect([await created, await overwritten, await late]).toEqual([true, undefined, false]);
    expect(await stored()).toBe('deleted');
  });

  test('a failed write is an error of its own caller only; the next caller gets a turn', async () => {
    const writer = await writerOver(lacks, false);
    s3.failNext({ kind: 'status', status: 503 });
    const failed = writer.create({ key, text: '1' }, signal);
    const next = writer.create({ key, text: '2' }, signal);
    await expect(failed).rejects.toMatchObject({ code: 'BACKEND_UNAVAILABLE' });
    expect(await next).toBe(true);
    expect(await stored()).toBe('2');
  });

  test('no turn is remembered when it has ended, not even a failed one', async () => {
    const writer = await writerOver(lacks, false);
    s3.failNext({ kind: 'status', status: 503 });
    const turns = ['1', '2'].map((text) => writer.create({ key, text }, signal));
    const other = writer.overwrite({ key: 'records/b.json', text: '3' }, signal);
    expect(writer.inTurnCount).toBe(2);
    await Promise.allSettled([...turns, other]);
    expect(writer.inTurnCount).toBe(0);
  });

  test('a caller that comes when the first turn has ended waits for the second', async () => {
    const writer = await writerOver(lacks, false);
    let releaseFirst = () => {};
    const held = new Promise<void>((resolve) => {
      releaseFirst = resolve;
    });
    const put = client.putObject.bind(client);
    const afterHeld: typeof put = async (...args) => {
      await held;
      return put(...args);
    };
    vi.spyOn(client, 'putObject').mockImplementationOnce(put).mockImplementationOnce(afterHeld);
    const first = writer.overwrite({ key, text: '1' }, signal);
    const second = writer.overwrite({ key, text: '2' }, signal);
    await first;
    const third = writer.overwrite({ key, text: '3' }, signal);
    // A third create that did not wait would be written by the time that these other requests are answered.
    for (let times = 0; times < 3; times++) await client.getObject(key, 100, signal);
    releaseFirst();
    await Promise.all([second, third]);
    expect(await stored()).toBe('3');
  });

  test('other documents do not wait', async () => {
    const writer = await writerOver(lacks, false);
    const matches = ({ url = '' }: { readonly url?: string | undefined }) => url.includes('a.json');
    s3.failNext({ kind: 'hang' }, { matches });
    const controller = new AbortController();
    const stuck = writer.create({ key, text: '1' }, controller.signal);
    expect(await writer.create({ key: 'records/b.json', text: '2' }, signal)).toBe(true);
    controller.abort(new Error('enough'));
    await expect(stuck).rejects.toThrow('enough');
  });
});

describe('namingLack', () => {
  const refused = (status: number, code: AwsError['code'] = 'BACKEND_REFUSED') =>
    new AwsError('S3', code, '', { status });

  test.each([
    ['createIfAbsent', 501, true],
    ['createIfAbsent', 400, false],
    ['deleteChecksums', 501, true],
    ['deleteChecksums', 400, true],
    ['deleteChecksums', 403, false],
    ['postPolicies', 501, true],
  ] as const)('%s, status %i: %s', async (ability, status, isNamed) => {
    await writerOver({}, true);
    const error = refused(status);
    const named = namingLack(ability, error);
    expect(named === error).toBe(!isNamed);
    expect(String(named).includes(`${ability}: false`)).toBe(isNamed);
    expect(named).toMatchObject({ status, code: 'BACKEND_REFUSED' });
  });

  test.each(['ExpiredToken', 'InvalidToken', 'AuthorizationHeaderMalformed'])(
    'a refusal of a list of keys that says %s keeps its own advice',
    async (name) => {
      await writerOver({}, true);
      const error = toBackendError('S3', { name, $metadata: { httpStatusCode: 400 } }, 0);
      expect(namingLack('deleteChecksums', error)).toBe(error);
      expect(error.message).toMatch(/session token|have expired|another region/);
    },
  );

  test('an error that is not a refusal of the store is returned unchanged', async () => {
    await writerOver({}, true);
    for (const error of [refused(501, 'BACKEND_UNAVAILABLE'), new Error('501'), undefined])
      expect(namingLack('createIfAbsent', error)).toBe(error);
  });
});
