import * as aws from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { begin, bytes, complete, describe, outcome, putPart, type S3Case, type StoreUnderTest } from './s3-case.ts';

const MEBIBYTE = 1024 * 1024;

/** An upload with one part of ten bytes. */
async function withOnePart(
  store: StoreUnderTest,
): Promise<{ readonly id: string; readonly Parts: aws.CompletedPart[] }> {
  const id = await begin(store);
  return { id, Parts: [{ PartNumber: 1, ETag: await putPart(store, id, 1, 10) }] };
}

/** Uploads in parts. */
export const multipartCases: readonly S3Case[] = [
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
    name: 'parts that are too small, except the last',
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
    name: 'a part that was never sent',
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
  {
    name: 'a presigned part with another number',
    expected: '403 SignatureDoesNotMatch',
    run: async (store) => {
      const part = { Bucket: store.bucket, Key: 'k', UploadId: await begin(store), PartNumber: 1, ContentLength: 10 };
      const url = await getSignedUrl(store.client, new aws.UploadPartCommand(part));
      return describe(await fetch(url.replace('partNumber=1', 'partNumber=2'), { method: 'PUT', body: bytes(10) }));
    },
  },
  {
    name: 'a part number beyond ten thousand',
    expected: '400 InvalidArgument',
    quirks: {
      'Ceph RGW': {
        answer: '200',
        reason: 'it takes parts of any number; this package never signs one beyond ten thousand',
      },
    },
    run: async (store) => {
      const part = { Bucket: store.bucket, Key: 'k', UploadId: await begin(store), PartNumber: 10_001, Body: bytes(1) };
      return outcome(store.client.send(new aws.UploadPartCommand(part)));
    },
  },
  {
    name: 'a part of an upload that was never begun',
    expected: '404 NoSuchUpload',
    run: ({ client, bucket }) => {
      const part = { Bucket: bucket, Key: 'k', UploadId: '2~none', PartNumber: 1, Body: bytes(1) };
      return outcome(client.send(new aws.UploadPartCommand(part)));
    },
  },
  {
    name: 'parts in a wrong order',
    expected: '400 InvalidPartOrder',
    quirks: {
      'Ceph RGW': { answer: '200', reason: 'it sorts the parts by their numbers' },
    },
    run: async (store) => {
      const id = await begin(store);
      const Parts = [
        { PartNumber: 2, ETag: await putPart(store, id, 2, 5 * MEBIBYTE) },
        { PartNumber: 1, ETag: await putPart(store, id, 1, 5 * MEBIBYTE) },
      ];
      return complete(store, id, Parts);
    },
  },
  {
    name: 'no parts',
    expected: '400 MalformedXML',
    run: async (store) => complete(store, await begin(store), []),
  },
  {
    name: 'parts whose sum is not what was declared',
    expected: '400 InvalidRequest',
    quirks: {
      'Ceph RGW': {
        answer: '200',
        reason: 'it is older than x-amz-mp-object-size; this package compares the listed sizes before',
      },
    },
    run: async (store) => {
      const { id, Parts } = await withOnePart(store);
      return complete(store, id, Parts, { MpuObjectSize: 11 });
    },
  },
  {
    name: 'parts that may not replace an object',
    expected: '412 PreconditionFailed',
    quirks: {
      'Ceph RGW': {
        answer: '200',
        reason: 'it supports If-None-Match for PUT alone; this package looks for the object before',
      },
    },
    run: async (store) => {
      await store.client.send(new aws.PutObjectCommand({ Bucket: store.bucket, Key: 'k', Body: bytes(1) }));
      const { id, Parts } = await withOnePart(store);
      return complete(store, id, Parts, { IfNoneMatch: '*' });
    },
  },
  {
    name: 'the parts that have arrived, page by page, the newest of each number',
    expected: '1:20 | 3:10',
    run: async (store) => {
      const UploadId = await begin(store);
      for (const [number, size] of [
        [3, 10],
        [1, 10],
        [1, 20],
      ] as const)
        await putPart(store, UploadId, number, size);
      const page = async (PartNumberMarker?: string) => {
        const marker = PartNumberMarker === undefined ? {} : { PartNumberMarker };
        const input = { Bucket: store.bucket, Key: 'k', UploadId, MaxParts: 1, ...marker };
        const { Parts = [] } = await store.client.send(new aws.ListPartsCommand(input));
        return Parts.map(({ PartNumber, Size }) => `${PartNumber}:${Size}`).join();
      };
      return `${await page()} | ${await page('1')}`;
    },
  },
  {
    name: 'parts of an upload that is complete',
    expected: '404 NoSuchUpload',
    quirks: {
      'Ceph RGW': {
        answer: '404 NoSuchKey',
        reason:
          'it looks for the object that keeps the upload; this package treats any 404 except NoSuchBucket as an upload that is gone',
      },
    },
    run: async (store) => {
      const { id, Parts } = await withOnePart(store);
      await complete(store, id, Parts);
      return outcome(store.client.send(new aws.ListPartsCommand({ Bucket: store.bucket, Key: 'k', UploadId: id })));
    },
  },
  {
    name: 'aborting twice',
    expected: '404 NoSuchUpload',
    run: async ({ client, bucket }) => {
      const input = { Bucket: bucket, Key: 'k', UploadId: await begin({ client, bucket }) };
      await client.send(new aws.AbortMultipartUploadCommand(input));
      return outcome(client.send(new aws.AbortMultipartUploadCommand(input)));
    },
  },
];
