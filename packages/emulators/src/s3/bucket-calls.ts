import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Bucket } from './bucket.ts';
import { S3Error } from './s3-error.ts';
import { answerXml, readText } from './s3-request.ts';
import { childTexts, fromXml } from './s3-xml.ts';

/** Names of general purpose buckets (Amazon S3 User Guide, "General purpose bucket naming rules"), addresses excluded. */
const NAME = /^(?!\d{1,3}(?:\.\d{1,3}){3}$)(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

/** The buckets of the only user. */
export interface BucketShelf {
  readonly buckets: ReadonlyMap<string, Bucket>;
  readonly region: string;
  /** When the emulator was started. */
  readonly startedAtMs: number;
  /** Creates a bucket with the emulator's options. */
  create(name: string): void;
  /** Removes an empty bucket. */
  remove(name: string): void;
}

/** `GET /`: all buckets by name. */
export function listBuckets(response: ServerResponse, { buckets, startedAtMs }: BucketShelf): void {
  const CreationDate = new Date(startedAtMs).toISOString();
  const Bucket = [...buckets.keys()].sort().map((Name) => ({ Name, CreationDate }));
  answerXml(response, 200, 'ListAllMyBucketsResult', {
    Owner: { ID: 'emulator', DisplayName: 'emulator' },
    Buckets: { Bucket },
  });
}

/** `PUT /bucket`. @throws {S3Error} 409 for an existing bucket, except in `us-east-1`, as in Amazon's S3 */
export async function createBucket(
  request: IncomingMessage,
  response: ServerResponse,
  name: string,
  shelf: BucketShelf,
): Promise<void> {
  const text = await readText(request);
  if (!NAME.test(name))
    throw new S3Error(400, 'InvalidBucketName', 'The specified bucket is not valid.', { BucketName: name });
  const [place = 'us-east-1'] =
    text === '' ? [] : childTexts(fromXml('CreateBucketConfiguration', text), 'LocationConstraint');
  if (place !== shelf.region) {
    throw new S3Error(
      400,
      'IllegalLocationConstraintException',
      `The ${place} location constraint is incompatible for the region specific endpoint this request was sent to.`,
    );
  }
  if (shelf.buckets.has(name) && shelf.region !== 'us-east-1') {
    throw new S3Error(
      409,
      'BucketAlreadyOwnedByYou',
      'Your previous request to create the named bucket succeeded and you already own it.',
      {
        BucketName: name,
      },
    );
  }
  if (!shelf.buckets.has(name)) shelf.create(name);
  response.writeHead(200, { Location: `/${name}` }).end();
}

/** `DELETE /bucket`. @throws {S3Error} 409 while it holds objects, versions or markers */
export function deleteBucket(response: ServerResponse, bucket: Bucket, shelf: BucketShelf): void {
  if (bucket.listVersions('').length > 0) {
    throw new S3Error(409, 'BucketNotEmpty', 'The bucket you tried to delete is not empty', {
      BucketName: bucket.name,
    });
  }
  shelf.remove(bucket.name);
  response.writeHead(204).end();
}
