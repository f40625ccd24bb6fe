import type { Backend, BackendSettings } from './backend.ts';

/** The values of `--backend`; each backend is loaded only when it is chosen. */
export const backends = {
  local: async (settings: BackendSettings): Promise<Backend> => (await import('./local.ts')).localBackend(settings),
  's3-cloudfront': async (settings: BackendSettings): Promise<Backend> =>
    (await import('./s3-cloudfront.ts')).s3CloudFrontBackend(settings),
  'cloudflare-stream': async (settings: BackendSettings): Promise<Backend> =>
    (await import('./cloudflare-stream.ts')).cloudflareStreamBackend(settings),
};
