import type * as cloudfront from '@aws-sdk/client-cloudfront';
import type * as aws from '@aws-sdk/client-s3';
import {
  type BaseStorageOptions,
  ConfigurationError,
  checkStorageOptions,
  isSecret,
  type OptionSchema,
  type OptionSchemas,
  optional,
  optionOf,
  type Secret,
} from '@videostorage/core';
import { type ObjectVideoStorageOptions, objectVideoStorageSchemas } from '@videostorage/object-storage';
import { z } from 'zod';
import { type BucketOptions, bucketSchemas } from './bucket-options.ts';
import type { HashAlgorithm } from './cloudfront-signer.ts';
import { checkedObjectName } from './object-key.ts';
import type { ParsedCredentials, ParsedS3CloudFrontOptions } from './parsed-options.ts';
import { MAX_PART_SIZE_BYTES, MAX_SINGLE_UPLOAD_BYTES, MIN_PART_SIZE_BYTES } from './part-plan.ts';
import { priceOverrides } from './price-overrides.ts';
import type { S3Prices } from './pricing.ts';
import type { StoreAbilities } from './store-abilities.ts';

/** Long-lived or temporary credentials of AWS or of an S3-compatible store. */
export interface CredentialOptions {
  /** Id of the access key, for instance `AKIA…`. */
  readonly accessKeyId: string;
  /** The secret that belongs to `accessKeyId`. */
  readonly secretAccessKey: string | Secret;
  /** Required with temporary credentials, absent otherwise. */
  readonly sessionToken?: string | Secret | undefined;
}

/** Called whenever credentials are needed; the providers of `@aws-sdk/credential-providers` are such functions. */
export type CredentialProvider = NonNullable<
  Extract<aws.S3ClientConfig['credentials'], (...values: never[]) => unknown>
>;

/** One key pair of the distribution's key group. */
export interface KeyPairOptions {
  /** Id of the public key, for instance `K2JCJMDEHXQW5F`. */
  readonly keyPairId: string;
  /** PEM of an RSA key of 2 048 bits or an ECDSA P-256 key; a literal `\n` counts as a newline. */
  readonly privateKey: string | Secret;
  /** Passphrase of an encrypted PEM. */
  readonly passphrase?: string | Secret | undefined;
}

/** The distribution in front of the bucket. */
export interface CloudFrontOptions {
  /** Scheme and host of the distribution, for instance `https://cdn.example.com`. */
  readonly baseUrl: string;
  /** Id of the distribution, for instance `E2QWRUHAPOMQZL`; a delete invalidates the video there. */
  readonly distributionId: string;
  /** Origin path of the distribution, for instance `/school`: the beginning of `keyPrefix`, which viewers' URLs omit. Default: none. */
  readonly originPath?: string | undefined;
  /**
   * Key pairs of the distribution's key group, at least one; the first one signs. To rotate, add the new public key to
   * the key group, put the new pair first, and remove the old key when its last grant has expired.
   */
  readonly keyPairs: readonly KeyPairOptions[];
  /** Hash of the signatures. Default `SHA256`. */
  readonly hashAlgorithm?: HashAlgorithm | undefined;
  /** How an HLS request carries its grant: as a query that the player appends, or as cookies that the host app sets. Default `query`. */
  readonly hlsAccess?: 'query' | 'cookies' | undefined;
  /** For `hlsAccess: 'cookies'`: the common parent domain of host app and CDN. Default: the host that sets the cookies. */
  readonly cookieDomain?: string | undefined;
  /** For `hlsAccess: 'cookies'`: use `none` when pages of another site embed the player. Default `lax`. */
  readonly cookieSameSite?: 'lax' | 'none' | undefined;
  /**
   * Rounds the expiry of grants up to a multiple of this, 0–43 200 s, so that grants for the same video get the same
   * signature and browsers can cache what they load with it. Default 0: no rounding.
   */
  readonly expiryWindowSeconds?: number | undefined;
  /**
   * What a delete invalidates: the video's path, or its cache tag. The cache tag needs `CacheTagConfig` with
   * `x-amz-meta-cache-tag`, and the metadata `cache-tag: video:<videoId>` on each rendition; a rendition without it
   * stays at the edges. Default `path`.
   */
  readonly invalidateBy?: 'path' | 'cache-tag' | undefined;
  /** Your own client of the CloudFront API. Default: a client that is created, and its package loaded, at the first delete. */
  readonly client?: cloudfront.CloudFrontClient | undefined;
  /** Endpoint of the CloudFront API, for emulators. Default: Amazon's. */
  readonly endpoint?: string | undefined;
}

/** Settings of `S3CloudFrontStorage`. */
export interface S3CloudFrontOptions extends ObjectVideoStorageOptions, BucketOptions {
  /** Name of a private bucket, which viewers reach only through CloudFront or signed URLs. */
  readonly bucket: string;
  /** Region of the bucket, for instance `eu-central-1`. */
  readonly region: string;
  /** Prefix of all keys: folder names, each followed by a slash, for instance `school/`. Default: none. */
  readonly keyPrefix?: string | undefined;
  /**
   * Access keys, or a provider function of the SDK, which renews them. Default: the SDK's default credential chain
   * (environment, profile, role).
   */
  readonly credentials?: CredentialOptions | CredentialProvider | undefined;
  /** URL of an S3-compatible store or an emulator. Default: Amazon S3. */
  readonly endpoint?: string | undefined;
  /** True: `https://host/bucket/key` instead of `https://bucket.host/key`. Default: only for IP addresses. */
  readonly forcePathStyle?: boolean | undefined;
  /**
   * Your own client, created with `requestChecksumCalculation: 'WHEN_REQUIRED'`. If the client itself makes several
   * attempts, this package makes only one. Default: a client created from these options.
   */
  readonly s3Client?: aws.S3Client | undefined;
  /** The distribution in front of the bucket. Default: none; playback is by presigned GET from the bucket. */
  readonly cloudFront?: CloudFrontOptions | undefined;
  /** Files of at least this size are sent in parts. 1 byte to 5 GiB; default 16 777 216 (16 MiB). */
  readonly multipartThresholdBytes?: number | undefined;
  /**
   * Preferred size of a part, 5 MiB to 5 GiB; parts are made larger where a file would have more than 10 000 of them.
   * Default 8 388 608 (8 MiB).
   */
  readonly partSizeBytes?: number | undefined;
  /**
   * Name of the HLS manifest below `videos/<uploadId>/`. It must be in `hls/`, the only folder that an HLS grant opens.
   * Default `hls/master.m3u8`.
   */
  readonly hlsManifest?: string | undefined;
  /**
   * Name of the still picture below `videos/<uploadId>/`. It must be in `hls/`, for instance `hls/poster.jpg`. Default:
   * none.
   */
  readonly posterName?: string | undefined;
  /**
   * Declares which capabilities of S3 an S3-compatible store lacks. If it lacks one that is not declared here, the error
   * names the setting. Default: it lacks none.
   */
  readonly store?: StoreAbilities | undefined;
  /** False: the bucket keeps no versions, so a delete lists none. Default: every delete lists old versions and removes them. */
  readonly versionedBucket?: boolean | undefined;
  /** Your own prices, which replace those of the same name in `PRICES`. */
  readonly prices?: Partial<S3Prices> | undefined;
}

const secret = z
  .custom<string | Secret>(
    (value) => (typeof value === 'string' && value !== '') || isSecret(value),
    'must be text or a Secret',
  )
  .transform((value) => toText(value));
const wholeSeconds = (max: number) => z.number().int().min(0).max(max);
const origin = z.url({ protocol: /^https?$/, error: 'must be an absolute URL, for instance https://cdn.example.com' });

const cloudFrontSchema = z
  .strictObject({
    baseUrl: origin
      .refine(isOrigin, 'must be scheme and host alone, for instance https://cdn.example.com')
      .transform((url) => new URL(url).origin),
    distributionId: z
      .string()
      .regex(/^[A-Za-z0-9]{3,32}$/, 'must be the distribution’s id, for instance E2QWRUHAPOMQZL'),
    originPath: z
      .string()
      .regex(
        /^(?:\/[A-Za-z0-9][A-Za-z0-9_.-]{0,63}){1,8}$/,
        'must begin with a slash and not end with one, as in /school',
      )
      .optional(),
    keyPairs: z
      .array(
        z.strictObject({
          keyPairId: z
            .string()
            .regex(/^[A-Za-z0-9]{3,64}$/, 'must be the id of the public key, for instance K2JCJMDEHXQW5F'),
          privateKey: secret,
          passphrase: secret.optional(),
        }),
      )
      .min(1, 'must hold at least one key pair'),
    hashAlgorithm: z.enum(['SHA1', 'SHA256']).default('SHA256'),
    hlsAccess: z.enum(['query', 'cookies']).default('query'),
    cookieDomain: z.hostname().optional(),
    cookieSameSite: z.enum(['lax', 'none']).default('lax'),
    expiryWindowSeconds: wholeSeconds(43_200).default(0),
    invalidateBy: z.enum(['path', 'cache-tag']).default('path'),
    client: z
      .custom<cloudfront.CloudFrontClient>(isSdkClient, 'must be a CloudFrontClient of @aws-sdk/client-cloudfront')
      .optional(),
    endpoint: origin.optional(),
  })
  .superRefine(({ hlsAccess, baseUrl, cookieDomain }, context) => {
    // The check above has refused anything that is not a URL.
    const hostname = URL.canParse(baseUrl) ? new URL(baseUrl).hostname : (cookieDomain ?? '');
    const refuse = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message });
    // `cloudfront.net` is a public suffix: browsers keep no cookies for it that another host has set.
    if (hlsAccess === 'cookies' && hostname.endsWith('.cloudfront.net'))
      refuse('hlsAccess', 'must be `query` with a *.cloudfront.net name; cookies need a name beside the host’s');
    // Browsers keep no cookies for a name without a dot, such as `com`.
    const isParent = cookieDomain?.includes('.') === true && hostname.endsWith(`.${cookieDomain}`);
    if (cookieDomain !== undefined && hostname !== cookieDomain && !isParent)
      refuse('cookieDomain', 'must be the host of `baseUrl` or a parent domain of it');
  });

const keysSchema = z.strictObject({
  accessKeyId: z.string().min(1),
  secretAccessKey: secret,
  sessionToken: secret.optional(),
  // The SDK adds this member to credentials that were passed to it or that it resolved.
  $source: z.unknown().optional(),
  expiration: z.unknown().optional(),
  credentialScope: z.unknown().optional(),
  accountId: z.unknown().optional(),
});

/** Keys are checked one by one; for a provider only its type, a function, can be checked. */
const credentialsOption: OptionSchema<ParsedCredentials | CredentialProvider> = {
  '~standard': {
    version: 1,
    vendor: 'videostorage',
    validate: (value) => (isProvider(value) ? { value } : keysSchema['~standard'].validate(value)),
  },
};

const schemas = {
  ...objectVideoStorageSchemas,
  ...bucketSchemas,
  bucket: z
    .string({ error: 'must be the name of the bucket, without `s3://`' })
    .regex(
      /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
      'must be a bucket name of 3 to 63 lowercase letters, digits, dots and hyphens',
    ),
  region: z
    .string({ error: 'must be the region of the bucket, for instance eu-central-1' })
    .regex(/^[a-z0-9-]{2,32}$/, 'must be a region, for instance eu-central-1'),
  keyPrefix: z.string().default(''),
  credentials: optional(credentialsOption),
  endpoint: origin.optional(),
  forcePathStyle: z.boolean().optional(),
  s3Client: optional(optionOf(isSdkClient<aws.S3Client>, 'must be an S3Client of @aws-sdk/client-s3')),
  cloudFront: cloudFrontSchema.optional(),
  multipartThresholdBytes: z
    .number()
    .int()
    .min(1)
    .max(MAX_SINGLE_UPLOAD_BYTES)
    .default(16 * 1024 * 1024),
  partSizeBytes: z
    .number()
    .int()
    .min(MIN_PART_SIZE_BYTES)
    .max(MAX_PART_SIZE_BYTES)
    .default(8 * 1024 * 1024),
  hlsManifest: z.string().default('hls/master.m3u8'),
  posterName: z.string().optional(),
  store: z
    .strictObject({
      postPolicies: z.boolean().default(true),
      deleteChecksums: z.boolean().default(true),
      createIfAbsent: z.boolean().default(true),
    })
    .prefault({}),
  versionedBucket: z.boolean().optional(),
  prices: priceOverrides.optional(),
} satisfies OptionSchemas<Omit<S3CloudFrontOptions, keyof BaseStorageOptions>>;

/** @throws {ConfigurationError} that names every wrong option, without its value */
export function parseS3CloudFrontOptions(options: S3CloudFrontOptions): ParsedS3CloudFrontOptions {
  const parsed = checkStorageOptions('S3CloudFrontStorage', options, schemas);
  checkedObjectName('hlsManifest', parsed.hlsManifest);
  if (parsed.posterName !== undefined) checkedObjectName('posterName', parsed.posterName);
  checkTogether(parsed, options);
  return parsed;
}

/** Refuses options that contradict one another. @throws {ConfigurationError} */
function checkTogether(parsed: ParsedS3CloudFrontOptions, { s3Client }: S3CloudFrontOptions): void {
  const { accelerate, dualStack, endpoint, forcePathStyle, bucket, keyPrefix, credentials, cloudFront } = parsed;
  const endpoints = accelerate ? 'accelerate' : 'dualStack';
  if ((accelerate || dualStack) && (endpoint !== undefined || s3Client !== undefined))
    refuse(`Set \`${endpoints}\` without \`endpoint\` and \`s3Client\`: it chooses an endpoint of Amazon S3 itself.`);
  if (s3Client !== undefined && (endpoint !== undefined || forcePathStyle !== undefined))
    refuse(
      'Set `endpoint` and `forcePathStyle` where you make your `s3Client`, and omit them here, where they change nothing.',
    );
  const makesCloudFrontClient = cloudFront !== undefined && cloudFront.client === undefined;
  if (s3Client !== undefined && credentials !== undefined && !makesCloudFrontClient)
    refuse('Set `credentials` where you make your clients, and omit them here, where they change nothing.');
  if (cloudFront?.client !== undefined && cloudFront.endpoint !== undefined)
    refuse('Set `endpoint` where you make your `cloudFront.client`, and omit it here, where it changes nothing.');
  if (accelerate && (forcePathStyle === true || bucket.includes('.')))
    refuse('Omit `accelerate`: its endpoint has the bucket in the host name, where dots are not allowed.');
  const originPath = cloudFront?.originPath;
  if (originPath !== undefined && !`/${keyPrefix}`.startsWith(`${originPath}/`))
    refuse('Set `cloudFront.originPath` to the beginning of `keyPrefix`: viewers reach no other keys.');
}

function refuse(message: string): never {
  throw new ConfigurationError(message);
}

/** Scheme, host and port alone: invalidations and policies are built from paths below it. */
function isOrigin(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { pathname, search, hash, username, password } = new URL(url);
  return pathname === '/' && `${search}${hash}${username}${password}` === '';
}

function isSdkClient<T>(value: unknown): value is T {
  return typeof value === 'object' && value !== null && 'send' in value && 'config' in value;
}

function isProvider(value: unknown): value is CredentialProvider {
  return typeof value === 'function';
}

function toText(value: string | Secret): string {
  return typeof value === 'string' ? value : new TextDecoder().decode(value.reveal());
}
