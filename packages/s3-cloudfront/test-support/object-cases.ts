import * as aws from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { bytes, describe, outcome, type S3Case, type StoreUnderTest } from './s3-case.ts';

/** The origin of scripts that each store under test has a CORS rule for. */
export const SCRIPT_ORIGIN = 'https://app.example.com';

const preflight =
  (origin: string, method: string) =>
  async ({ client, bucket }: StoreUnderTest): Promise<string> => {
    const url = await getSignedUrl(client, new aws.GetObjectCommand({ Bucket: bucket, Key: 'k' }));
    const headers = {
      origin,
      'access-control-request-method': method,
      'access-control-request-headers': 'content-type',
    };
    const response = await fetch(url, { method: 'OPTIONS', headers });
    return `${response.status} ${response.headers.get('access-control-allow-origin') ?? 'closed'}`;
  };

/** Objects: reading, removing, signatures, scripts. */
export const objectCases: readonly S3Case[] = [
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
    name: 'deleting a missing key',
    expected: '204',
    run: ({ client, bucket }) => outcome(client.send(new aws.DeleteObjectCommand({ Bucket: bucket, Key: 'none' }))),
  },
  {
    name: 'creating an object that exists already',
    expected: '412 PreconditionFailed',
    run: async ({ client, bucket }) => {
      const put = { Bucket: bucket, Key: 'k', Body: bytes(1), IfNoneMatch: '*' };
      await client.send(new aws.PutObjectCommand(put));
      return outcome(client.send(new aws.PutObjectCommand(put)));
    },
  },
  {
    name: 'a copy with a head of its own',
    expected: '200, 3 bytes of video/mp4',
    run: async ({ client, bucket }) => {
      await client.send(
        new aws.PutObjectCommand({ Bucket: bucket, Key: 'k', Body: bytes(3), ContentType: 'text/plain' }),
      );
      const copy = { Bucket: bucket, Key: 'l', CopySource: `${bucket}/k`, MetadataDirective: 'REPLACE' } as const;
      const answer = await client.send(new aws.CopyObjectCommand({ ...copy, ContentType: 'video/mp4' }));
      const head = await client.send(new aws.HeadObjectCommand({ Bucket: bucket, Key: 'l' }));
      return `${answer.$metadata.httpStatusCode}, ${head.ContentLength} bytes of ${head.ContentType}`;
    },
  },
  {
    name: 'a copy of a missing key',
    expected: '404 NoSuchKey',
    run: ({ client, bucket }) =>
      outcome(client.send(new aws.CopyObjectCommand({ Bucket: bucket, Key: 'l', CopySource: `${bucket}/none` }))),
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
    name: 'a presigned GET by another method',
    expected: '403 SignatureDoesNotMatch',
    run: async ({ client, bucket }) => {
      const url = await getSignedUrl(client, new aws.GetObjectCommand({ Bucket: bucket, Key: 'aaa' }));
      return describe(await fetch(url, { method: 'PUT', body: bytes(1) }));
    },
  },
  {
    name: 'a presigned GET that has expired',
    expected: '403 AccessDenied',
    run: async ({ client, bucket }) => {
      const signingDate = new Date(Date.now() - 120_000);
      const command = new aws.GetObjectCommand({ Bucket: bucket, Key: 'aaa' });
      return describe(await fetch(await getSignedUrl(client, command, { expiresIn: 60, signingDate })));
    },
  },
  {
    name: 'a presigned GET whose expiry was changed',
    expected: '403 SignatureDoesNotMatch',
    run: async ({ client, bucket }) => {
      const command = new aws.GetObjectCommand({ Bucket: bucket, Key: 'aaa' });
      const url = await getSignedUrl(client, command, { expiresIn: 60 });
      return describe(await fetch(url.replace('X-Amz-Expires=60', 'X-Amz-Expires=600')));
    },
  },
  {
    name: 'a presigned PUT of another type than was signed',
    expected: '403 SignatureDoesNotMatch',
    run: async ({ client, bucket }) => {
      const command = new aws.PutObjectCommand({ Bucket: bucket, Key: 'k', ContentType: 'video/mp4' });
      const url = await getSignedUrl(client, command, { signableHeaders: new Set(['content-type']) });
      return describe(await fetch(url, { method: 'PUT', body: bytes(1), headers: { 'content-type': 'text/html' } }));
    },
  },
  {
    name: 'a bucket that does not exist',
    expected: '404 NoSuchBucket',
    run: ({ client }) => outcome(client.send(new aws.ListObjectsV2Command({ Bucket: 'no-such-bucket-at-all' }))),
  },
  {
    name: 'deleting several keys, one of them missing',
    expected: '200, 2 deleted, 0 refused, 0 left',
    run: async ({ client, bucket }) => {
      await client.send(new aws.PutObjectCommand({ Bucket: bucket, Key: 'a', Body: bytes(1) }));
      const Delete = { Objects: [{ Key: 'a' }, { Key: 'b' }] };
      const answer = await client.send(new aws.DeleteObjectsCommand({ Bucket: bucket, Delete }));
      const left = await client.send(new aws.ListObjectsV2Command({ Bucket: bucket }));
      const counts = `${answer.Deleted?.length ?? 0} deleted, ${answer.Errors?.length ?? 0} refused`;
      return `${answer.$metadata.httpStatusCode}, ${counts}, ${left.KeyCount} left`;
    },
  },
  {
    name: 'a list by prefix, page by page',
    expected: 'a/1 | a/2',
    run: async ({ client, bucket }) => {
      for (const Key of ['a/1', 'a/2', 'b/1']) {
        await client.send(new aws.PutObjectCommand({ Bucket: bucket, Key, Body: bytes(1) }));
      }
      const page = async (StartAfter?: string) => {
        const input = { Bucket: bucket, Prefix: 'a/', MaxKeys: 1, ...(StartAfter !== undefined && { StartAfter }) };
        return (await client.send(new aws.ListObjectsV2Command(input))).Contents?.map(({ Key }) => Key).join() ?? '';
      };
      const first = await page();
      return `${first} | ${await page(first)}`;
    },
  },
  { name: 'a preflight of an allowed origin', expected: `200 ${SCRIPT_ORIGIN}`, run: preflight(SCRIPT_ORIGIN, 'PUT') },
  {
    name: 'a preflight of another origin',
    expected: '403 closed',
    run: preflight('https://other.example.com', 'PUT'),
  },
  {
    name: 'a preflight of a method that is not allowed',
    expected: '403 closed',
    run: preflight(SCRIPT_ORIGIN, 'DELETE'),
  },
  {
    name: 'the headers of an answer that a script may read',
    expected: `200 ${SCRIPT_ORIGIN} ETag`,
    run: async ({ client, bucket }) => {
      await client.send(new aws.PutObjectCommand({ Bucket: bucket, Key: 'k', Body: bytes(1) }));
      const url = await getSignedUrl(client, new aws.GetObjectCommand({ Bucket: bucket, Key: 'k' }));
      const { status, headers } = await fetch(url, { headers: { origin: SCRIPT_ORIGIN } });
      const allowed = headers.get('access-control-allow-origin');
      return `${status} ${allowed} ${headers.get('access-control-expose-headers')}`;
    },
  },
];
