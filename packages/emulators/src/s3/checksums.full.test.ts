import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { S3TestClient } from '../../test-support/s3-test-client.ts';
import { postForm, setField } from '../../test-support/signed-form.ts';
import { S3Emulator } from './s3-emulator.ts';

const PIECES = [Buffer.alloc(5 * 1024 * 1024, 'a'), Buffer.from('the rest')];
const WHOLE = Buffer.concat(PIECES);
const crc = (bytes: Uint8Array) => {
  const digest = Buffer.alloc(4);
  digest.writeUInt32BE(crc32(bytes));
  return digest;
};
const sha = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest();
let s3: S3Emulator;
let client: S3TestClient;

beforeEach(async () => {
  s3 = await S3Emulator.start();
  client = new S3TestClient(s3);
});
afterEach(() => s3.stop());

describe('a checksum of a form', () => {
  const file = new Uint8Array(10);
  test.each<[string, string, string]>([
    ['x-amz-checksum-crc32', crc(file).toString('base64'), '201'],
    ['x-amz-checksum-crc32', crc(Buffer.from('other')).toString('base64'), '400 BadDigest'],
    ['x-amz-checksum-sha256', sha(file).toString('base64'), '201'],
    ['x-amz-checksum-sha256', sha(Buffer.from('other')).toString('base64'), '400 BadDigest'],
    ['x-amz-checksum-xxhash3', 'x', '501 NotImplemented'],
  ])('%s: %s: %s', async (name, value, expected) => {
    const answer = await postForm(s3, Date.now(), (form) => {
      setField(form, name, value);
      form.conditions.push({ [name]: value });
    });
    expect([answer.outcome, s3.keys.length]).toEqual([expected, expected === '201' ? 1 : 0]);
  });
});

describe('a checksum of a completed upload', () => {
  let id: string;
  let eTags: string[];
  beforeEach(async () => {
    id = await client.begin('k');
    eTags = [];
    for (const [index, piece] of PIECES.entries()) eTags.push(await client.putPart('k', id, index + 1, piece));
  });

  const complete = (headers: Record<string, string>, ofParts: readonly string[] = ['', '']) => {
    const parts = eTags.map(
      (eTag, index) => `<Part><PartNumber>${index + 1}</PartNumber><ETag>${eTag}</ETag>${ofParts[index]}</Part>`,
    );
    const body = `<CompleteMultipartUpload>${parts.join('')}</CompleteMultipartUpload>`;
    return client.call('POST', 'k', { query: { uploadId: id }, headers, body });
  };
  const composite = (digest: (bytes: Uint8Array) => Buffer, count = 2) =>
    `${digest(Buffer.concat(PIECES.map(digest))).toString('base64')}-${count}`;

  test.each<[string, string]>([
    ['crc32', crc(WHOLE).toString('base64')],
    ['crc32', composite(crc)],
    ['sha256', composite(sha)],
  ])('%s %s: completed', async (algorithm, value) => {
    expect((await complete({ [`x-amz-checksum-${algorithm}`]: value })).outcome).toBe('200');
    expect([s3.pendingMultipartUploads, s3.keys]).toEqual([0, ['k']]);
  });

  test('that is wrong or unknown is refused, and the upload stays until it is completed without it', async () => {
    for (const [algorithm, value, refusal] of [
      ['crc32', crc(PIECES[1] ?? WHOLE).toString('base64'), '400 BadDigest'],
      ['sha256', composite(sha, 3), '400 BadDigest'],
      ['sha256', composite(crc), '400 BadDigest'],
      ['xxhash3', 'x', '501 NotImplemented'],
    ]) {
      expect((await complete({ [`x-amz-checksum-${algorithm}`]: String(value) })).outcome).toBe(refusal);
      expect([s3.pendingMultipartUploads, s3.keys]).toEqual([1, []]);
    }
    expect((await complete({})).outcome).toBe('200');
  });

  test('may be that of a single part in the document', async () => {
    const of = (bytes: Uint8Array | undefined) =>
      `<ChecksumSHA256>${sha(bytes ?? WHOLE).toString('base64')}</ChecksumSHA256>`;
    expect((await complete({}, [of(PIECES[0]), of(PIECES[0])])).outcome).toBe('400 InvalidPart');
    expect((await complete({}, [of(PIECES[0]), of(PIECES[1])])).outcome).toBe('200');
  });
});
