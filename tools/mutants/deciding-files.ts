import { matchesGlob } from 'node:path';

/** The lowest share of noticed mutants in a file that makes decisions, in per cent; for others it is only reported. */
export const decidingScore = 95;

/** Files that make decisions on references, signatures, uploads, confirms, deletes, retries, limits, quotas, rights. */
export const decidingFiles = [
  'packages/core/src/{base-storage,rate-limit,reference,retry}/*.ts',
  'packages/core/src/validation/{validator,identifier,custom-metadata}.ts',
  'packages/object-storage/src/{content-inspector,object-maintenance,object-video-storage,remove-video,sweep-run,upload-*,video-deletion}.ts',
  'packages/local/src/{local-playback,local-store,sent-file-store,signed-urls,upload-handler}.ts',
  'packages/s3-cloudfront/src/{cloudfront-edge,cloudfront-policy,document-writer,part-*,s3-object-store,signed-*,versioned-bucket}.ts',
  'packages/cloudflare-stream/src/{access-rules,cloudflare-stream-storage,new-videos,public-url,signed-token,stream-playback,stream-uploads,unknown-outcome,webhook-signature}.ts',
  'packages/service/src/{failed-bytes,log-chain,reconciler,record-change,record-sweep,record-usage,refusal-history,rights,storage-sweep,transitions,upload-requests,video-service}.ts',
  'packages/redis/src/{redis-rate-limit-store,take-script}.ts',
  'packages/http/src/{check-headers,check-shape,origin-rule,parse-body,read-body}.ts',
];

/** Whether a file, relative to the root, makes decisions. */
export function isDeciding(file: string): boolean {
  return decidingFiles.some((pattern) => matchesGlob(file, pattern));
}
