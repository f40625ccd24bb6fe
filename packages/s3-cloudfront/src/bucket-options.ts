import type { OptionSchema } from '@videostorage/core';
import { z } from 'zod';

/** How a bucket of Amazon S3 is reached, and how its objects are kept; all of it is sent with every request that it concerns. */
export interface BucketOptions {
  /**
   * Id or ARN of a KMS key: every object, forms and documents too, is written with SSE-KMS under it. The credentials need
   * `kms:GenerateDataKey` and `kms:Decrypt` for it, and so does the distribution. Default: what the bucket does by itself.
   */
  readonly kmsKeyId?: string | undefined;
  /** Class of the videos themselves; forms and documents stay in the bucket's own. Default: the bucket's own, `STANDARD`. */
  readonly storageClass?: StorageClass | undefined;
  /** True: browsers send to the accelerated endpoint, which the bucket must have enabled. No dots in its name. Default false. */
  readonly accelerate?: boolean | undefined;
  /** True: the endpoints that IPv6 reaches too. Default false. */
  readonly dualStack?: boolean | undefined;
  /** True: `x-amz-request-payer: requester` with every request, form and signed URL, for a bucket of another account. Default false. */
  readonly requesterPays?: boolean | undefined;
  /**
   * Checksum of what this package itself writes and copies. Buckets that lock each object for a time (Object Lock with a default
   * retention) demand one; they refuse parts without one too, which no browser sends, so set `multipartThresholdBytes` to the
   * largest file there. Default: none.
   */
  readonly checksumAlgorithm?: ChecksumAlgorithm | undefined;
}

/** Classes whose objects can be read at once, without being restored first. */
export type StorageClass =
  | 'STANDARD'
  | 'STANDARD_IA'
  | 'ONEZONE_IA'
  | 'INTELLIGENT_TIERING'
  | 'GLACIER_IR'
  | 'REDUCED_REDUNDANCY';
/** What the SDK computes by itself. */
export type ChecksumAlgorithm = 'CRC32' | 'CRC32C' | 'SHA1' | 'SHA256';

/** The same with its defaults. */
export interface ParsedBucketOptions {
  readonly kmsKeyId: string | undefined;
  readonly storageClass: StorageClass | undefined;
  readonly accelerate: boolean;
  readonly dualStack: boolean;
  readonly requesterPays: boolean;
  readonly checksumAlgorithm: ChecksumAlgorithm | undefined;
}

/** Of `BucketOptions`. */
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
