import type * as cloudfront from '@aws-sdk/client-cloudfront';
import type { ParsedBucketOptions } from './bucket-options.ts';
import type { HashAlgorithm } from './cloudfront-signer.ts';
import type { S3Prices } from './pricing.ts';
import type { CredentialProvider } from './s3-cloudfront-options.ts';
import type { StoreAbilities } from './store-abilities.ts';

/** Credentials in plain text; kept only while the constructor creates the clients. */
export interface ParsedCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

/** The distribution's settings with their defaults; private keys are plain text here. */
export interface ParsedCloudFrontOptions {
  /** Without a slash at its end. */
  readonly baseUrl: string;
  readonly distributionId: string;
  readonly originPath?: string | undefined;
  readonly keyPairs: readonly {
    readonly keyPairId: string;
    readonly privateKey: string;
    readonly passphrase?: string | undefined;
  }[];
  readonly hashAlgorithm: HashAlgorithm;
  readonly hlsAccess: 'query' | 'cookies';
  readonly cookieDomain?: string | undefined;
  readonly cookieSameSite: 'lax' | 'none';
  readonly expiryWindowSeconds: number;
  readonly invalidateBy: 'path' | 'cache-tag';
  readonly client?: cloudfront.CloudFrontClient | undefined;
  readonly endpoint?: string | undefined;
}

/** The settings with their defaults; secrets are plain text here, so it must not be kept beyond the constructor. */
export interface ParsedS3CloudFrontOptions extends ParsedBucketOptions {
  readonly bucket: string;
  readonly region: string;
  readonly keyPrefix: string;
  readonly credentials?: ParsedCredentials | CredentialProvider | undefined;
  readonly endpoint?: string | undefined;
  readonly forcePathStyle?: boolean | undefined;
  readonly cloudFront?: ParsedCloudFrontOptions | undefined;
  readonly multipartThresholdBytes: number;
  readonly partSizeBytes: number;
  readonly hlsManifest: string;
  readonly posterName?: string | undefined;
  readonly store: StoreAbilities;
  readonly versionedBucket?: boolean | undefined;
  readonly prices?: Partial<S3Prices> | undefined;
}
