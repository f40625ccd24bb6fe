import type { Backend, BackendSettings } from './backend.ts';

/** What `--backend` may be; each is loaded only when it is chosen. */
export const backends: Readonly<Record<string, (settings: BackendSettings) => Promise<Backend>>> = {
  local: async (settings) => (await import('./local.ts')).localBackend(settings),
  'cloudflare-stream': async (settings) => (await import('./cloudflare-stream.ts')).cloudflareStreamBackend(settings),
  's3-cloudfront': async (settings) => (await import('./s3-cloudfront.ts')).s3CloudFrontBackend(settings),
};
