import type { OptionSchema } from '@videostorage/core';
import { z } from 'zod';

/** Endpoint, encryption, storage class and payer of the requests to a bucket of Amazon S3. */
export interface BucketOptions {
  /**
   * Id, alias or ARN of a KMS key, under which every object is written with SSE-KMS: videos, uploaded forms, and this
   * package's JSON documents. The credentials need `kms:GenerateDataKey` and `kms:Decrypt` for it, and the distribution
   * needs `kms:Decrypt`. Default: the bucket's own encryption.
   */
  readonly kmsKeyId?: string | undefined;
  /**
   * Storage class of the videos. Uploaded forms and this package's JSON documents stay in the bucket's default class.
   * Default: S3's own, `STANDARD`.
   */
  readonly storageClass?: StorageClass | undefined;
  /**
   * True: browsers send to the accelerated endpoint. It must be enabled for the bucket, whose name must not contain dots.
   * Default false.
   */
  readonly accelerate?: boolean | undefined;
  /** True: requests use the endpoints that have IPv6 addresses in addition to IPv4. Default false. */
  readonly dualStack?: boolean | undefined;
  /** True: `x-amz-request-payer: requester` with every request, form and signed URL, for a bucket of another account. Default false. */
  readonly requesterPays?: boolean | undefined;
  /**
   * Checksum of the objects that this package writes and copies. Default: none. A bucket with Object Lock and a default
   * retention requires a checksum for every object and every part. Browsers send none with parts, so for such a bucket
   * raise `multipartThresholdBytes` to the size of your largest file.
   */
  readonly checksumAlgorithm?: ChecksumAlgorithm | undefined;
}

/** The classes whose objects can be read without being restored first. */
export type StorageClass =
  | 'STANDARD'
  | 'STANDARD_IA'
  | 'ONEZONE_IA'
  | 'INTELLIGENT_TIERING'
  | 'GLACIER_IR'
  | 'REDUCED_REDUNDANCY';
/** Algorithms that the SDK computes without an extra package. */
export type ChecksumAlgorithm = 'CRC32' | 'CRC32C' | 'SHA1' | 'SHA256';

/** `BucketOptions` with their defaults. */
export interface ParsedBucketOptions {
  readonly kmsKeyId: string | undefined;
  readonly storageClass: StorageClass | undefined;
  readonly accelerate: boolean;
  readonly dualStack: boolean;
  readonly requesterPays: boolean;
  readonly checksumAlgorithm: ChecksumAlgorithm | undefined;
}

/** The schemas of `BucketOptions`. */
export const bucketSchemas: { readonly [Name in keyof ParsedBucketOptions]: OptionSchema<ParsedBucketOptions[Name]> } =
  {
    kmsKeyId: z
      .string()
      .regex(/^[A-Za-z0-9:/_-]{1,2048}$/, 'must be the id, alias or ARN of a KMS key')
      .optional(),
    storageClass: z
      .enum(['STANDARD', 'STANDARD_IA', 'ONEZONE_IA', 'INTELLIGENT_TIERING', 'GLACIER_IR', 'REDUCED_REDUNDANCY'])
      .optional(),
    accelerate: z.boolean().default(false),
    dualStack: z.boolean().default(false),
    requesterPays: z.boolean().default(false),
    checksumAlgorithm: z.enum(['CRC32', 'CRC32C', 'SHA1', 'SHA256']).optional(),
  };
