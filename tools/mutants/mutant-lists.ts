import { cloudflareStreamMutants } from './cloudflare-stream-mutants.ts';
import { localMutants } from './local-mutants.ts';
import { memoryMutants } from './memory-mutants.ts';
import type { MutantList } from './mutant.ts';
import { s3CloudFrontMutants } from './s3-cloudfront-mutants.ts';

/** All lists, by storage. */
export const mutantLists: readonly MutantList[] = [
  memoryMutants,
  localMutants,
  cloudflareStreamMutants,
  s3CloudFrontMutants,
];
