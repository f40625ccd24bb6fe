export type { BucketOptions, ChecksumAlgorithm, StorageClass } from './bucket-options.ts';
export type { HashAlgorithm } from './cloudfront-signer.ts';
export { type CloudFrontRegion, type FlatRatePlan, PRICES, type PriceTier, type S3Prices } from './pricing.ts';
export type {
  CloudFrontOptions,
  CredentialOptions,
  CredentialProvider,
  KeyPairOptions,
  S3CloudFrontOptions,
} from './s3-cloudfront-options.ts';
export { S3CloudFrontStorage } from './s3-cloudfront-storage.ts';
export type { StoreAbilities } from './store-abilities.ts';
