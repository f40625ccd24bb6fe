import * as aws from '@aws-sdk/client-s3';
import { createPresignedPost } from '@aws-sdk/s3-presigned-post';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';

/** A store to try, its bucket empty. */
interface StoreUnderTest {
  readonly client: aws.S3Client;
  readonly bucket: string;
}

/** One behaviour of S3: what is done, and the status or error that it must give. */
export interface S3Case {
  readonly name: string;
  readonly expected: string;
  /** What a store is known to answer instead. */
  readonly quirks?: Readonly<Record<string, { readonly answer: string; readonly reason: string }>>;
  run(store: StoreUnderTest): Promise<string>;
}

const MEBIBYTE = 1024 * 1024;
const bytes = (size: number) => new Uint8Array(size);

/** A form for exactly ten bytes of video/mp4, changed before it is sent. */
function post(change: (form: { fields: Record<string, string>; file: Blob }) => void, expiresInSeconds = 60) {
  return async ({ client, bucket }: StoreUnderTest): Promise<string> => {
    const { url, fields } = await createPresignedPost(client, {
      Bucket: bucket,
      Key: 'videos/a/source.mp4',
      Expires: expiresInSeconds,
      Fields: { 'Content-Type': 'video/mp4', success_action_status: '201' },
      Conditions: [['content-length-range', 10, 10]],
    });
    const form = { fields: { ...fields }, file: new Blob([bytes(10)]) };
    change(form);
    const body = new FormData();
    for (const [name, value] of Object.entries(form.fields)) body.append(name, value);
    body.append('file', form.file, 'film.mp4');
    const response = await fetch(url, { method: 'POST', body });
    return describe(response);
  };
}

async function describe(response: Response): Promise<string> {
  const text = await response.text();
  const [, code] = /<Code>(\w+)<\/Code>/.exec(text) ?? [];
  return code === undefined ? String(response.status) : `${response.status} ${code}`;
}

async function outcome(
  call: Promise<{ readonly $metadata: { readonly httpStatusCode?: number | undefined } }>,
): Promise<string> {
  return call.then(
    (answer) => String(answer.$metadata.httpStatusCode),
    (error: { readonly name: string; readonly $metadata?: { readonly httpStatusCode?: number } }) =>
      `${error.$metadata?.httpStatusCode} ${error.name}`,
  );
}

async function begin({ client, bucket }: StoreUnderTest): Promise<string> {
  const answer = await client.send(new aws.CreateMultipartUploadCommand({ Bucket: bucket, Key: 'k' }));
  return answer.UploadId ?? '';
}

async function putPart(
  { client, bucket }: StoreUnderTest,
  UploadId: string,
  PartNumber: number,
  size: number,
): Promise<string> {
  const answer = await client.send(
    new aws.UploadPartCommand({ Bucket: bucket, Key: 'k', UploadId, PartNumber, Body: bytes(size) }),
  );
  return answer.ETag ?? '';
}

const complete = ({ client, bucket }: StoreUnderTest, UploadId: string, Parts: aws.CompletedPart[]) =>
  outcome(
    client.send(
      new aws.CompleteMultipartUploadCommand({ Bucket: bucket, Key: 'k', UploadId, MultipartUpload: { Parts } }),
    ),
  );

/** What both Amazon S3, as written down, and its stand-ins must do. */
export const s3Cases: readonly S3Case[] = [
  { name: 'a form as it was signed', expected: '201', run: post(() => {}) },
  {
    name: 'one byte too many',
    expected: '400 EntityTooLarge',
    run: post((form) => (form.file = new Blob([bytes(11)]))),
  },
  { name: 'one byte too few', expected: '400 EntityTooSmall', run: post((form) => (form.file = new Blob([bytes(9)]))) },
  {
    name: 'another type',
    expected: '403 AccessDenied',
    run: post((form) => (form.fields['Content-Type'] = 'text/html')),
  },
  { name: 'no type', expected: '403 AccessDenied', run: post((form) => delete form.fields['Content-Type']) },
  {
    name: 'another key',
    expected: '403 AccessDenied',
    run: post((form) => (form.fields['key'] = 'videos/b/source.mp4')),
  },
  {
    name: 'a field that was not signed',
    expected: '403 AccessDenied',
    run: post((form) => (form.fields['x-amz-meta-more'] = 'x')),
  },
  {
    name: 'a changed signature',
    expected: '403 SignatureDoesNotMatch',
    quirks: { 'Ceph RGW': { answer: '403 AccessDenied', reason: 'it has one code for all that is wrong with a form' } },
    run: post((form) => (form.fields['X-Amz-Signature'] = '0'.repeat(64))),
  },
  {
    name: 'a changed policy',
    expected: '403 SignatureDoesNotMatch',
    quirks: { 'Ceph RGW': { answer: '403 AccessDenied', reason: 'it has one code for all that is wrong with a form' } },
    run: post(
      (form) =>
        (form.fields['Policy'] = Buffer.from('{"expiration":"2100-01-01T00:00:00Z","conditions":[]}').toString(
          'base64',
        )),
    ),
  },
  { name: 'a form that has expired', expected: '403 AccessDenied', run: post(() => {}, -10) },
  {
    name: 'HEAD of a missing key',
    expected: '404 NotFound',
    run: ({ client, bucket }) => outcome(client.send(new aws.HeadObjectCommand({ Bucket: bucket, Key: 'none' }))),
  },
  {
    name: 'GET of a missing key',
    expected: '404 NoSuchKey',
    run: ({ client, bucket }) => outcome(client.send(new aws.GetObjectCommand({ Bucket: bucket, Key: 'none' }))),
  },
  {
    name: 'deleting what is not there',
    expected: '204',
    run: ({ client, bucket }) => outcome(client.send(new aws.DeleteObjectCommand({ Bucket: bucket, Key: 'none' }))),
  },
  {
    name: 'writing over an object that must not be there',
    expected: '412 PreconditionFailed',
    run: async ({ client, bucket }) => {
      const put = { Bucket: bucket, Key: 'k', Body: bytes(1), IfNoneMatch: '*' };
      await client.send(new aws.PutObjectCommand(put));
      return outcome(client.send(new aws.PutObjectCommand(put)));
    },
  },
  {
    name: 'a range beyond the end',
    expected: '416 InvalidRange',
    run: async ({ client, bucket }) => {
      await client.send(new aws.PutObjectCommand({ Bucket: bucket, Key: 'k', Body: bytes(10) }));
      return outcome(client.send(new aws.GetObjectCommand({ Bucket: bucket, Key: 'k', Range: 'bytes=10-20' })));
    },
  },
  {
    name: 'a range',
    expected: '206',
    run: async ({ client, bucket }) => {
      await client.send(new aws.PutObjectCommand({ Bucket: bucket, Key: 'k', Body: bytes(10) }));
      return outcome(client.send(new aws.GetObjectCommand({ Bucket: bucket, Key: 'k', Range: 'bytes=2-5' })));
    },
  },
  {
    name: 'a presigned part of another length',
    expected: '403 SignatureDoesNotMatch',
    run: async (store) => {
      const UploadId = await begin(store);
      const command = new aws.UploadPartCommand({
        Bucket: store.bucket,
        Key: 'k',
        UploadId,
        PartNumber: 1,
        ContentLength: 10,
      });
      const url = await getSignedUrl(store.client, command);
      return describe(await fetch(url, { method: 'PUT', body: bytes(11) }));
    },
  },
  {
    name: 'a presigned part as it was signed',
    expected: '200',
    run: async (store) => {
      const UploadId = await begin(store);
      const command = new aws.UploadPartCommand({
        Bucket: store.bucket,
        Key: 'k',
        UploadId,
        PartNumber: 1,
        ContentLength: 10,
      });
      return describe(await fetch(await getSignedUrl(store.client, command), { method: 'PUT', body: bytes(10) }));
    },
  },
  {
    name: 'a presigned GET of another key',
    expected: '403 SignatureDoesNotMatch',
    run: async ({ client, bucket }) => {
      const url = await getSignedUrl(client, new aws.GetObjectCommand({ Bucket: bucket, Key: 'aaa' }));
      return describe(await fetch(url.replace('/aaa', '/bbb')));
    },
  },
  {
    name: 'a GET without any signature',
    expected: '403 AccessDenied',
    run: async ({ client, bucket }) => {
      await client.send(new aws.PutObjectCommand({ Bucket: bucket, Key: 'aaa', Body: bytes(1) }));
      const url = await getSignedUrl(client, new aws.GetObjectCommand({ Bucket: bucket, Key: 'aaa' }));
      return describe(await fetch(url.split('?')[0] ?? ''));
    },
  },
  {
    name: 'parts that are too small but for the last',
    expected: '400 EntityTooSmall',
    run: async (store) => {
      const id = await begin(store);
      const Parts = [
        { PartNumber: 1, ETag: await putPart(store, id, 1, 1000) },
        { PartNumber: 2, ETag: await putPart(store, id, 2, 1000) },
      ];
      return complete(store, id, Parts);
    },
  },
  {
    name: 'a part that never came',
    expected: '400 InvalidPart',
    run: async (store) => {
      const id = await begin(store);
      await putPart(store, id, 1, 1000);
      return complete(store, id, [{ PartNumber: 1, ETag: '"00000000000000000000000000000000"' }]);
    },
  },
  {
    name: 'parts that are joined',
    expected: '200',
    run: async (store) => {
      const id = await begin(store);
      const Parts = [
        { PartNumber: 1, ETag: await putPart(store, id, 1, 5 * MEBIBYTE) },
        { PartNumber: 2, ETag: await putPart(store, id, 2, 10) },
      ];
      return complete(store, id, Parts);
    },
  },
  {
    name: 'an upload that was aborted',
    expected: '404 NoSuchUpload',
    quirks: {
      'Ceph RGW': { answer: '500 InternalError', reason: 'it looks for the object of the upload before its state' },
    },
    run: async (store) => {
      const id = await begin(store);
      const ETag = await putPart(store, id, 1, 1000);
      await store.client.send(new aws.AbortMultipartUploadCommand({ Bucket: store.bucket, Key: 'k', UploadId: id }));
      return complete(store, id, [{ PartNumber: 1, ETag }]);
    },
  },
];
