import type { MutantList } from './mutant.ts';

/** Faults in `CloudflareStreamStorage`. */
export const cloudflareStreamMutants: MutantList = {
  name: 'cloudflare-stream',
  folder: 'packages/cloudflare-stream',
  testFile: 'src/cloudflare-stream-storage.test.ts',
  mutants: [
    {
      id: 'pending-is-ready',
      file: 'video-state.ts',
      find: "      return 'pending';",
      replace: "      return 'ready';",
    },
    {
      id: 'ready-is-processing',
      file: 'video-state.ts',
      find: "      return 'ready';",
      replace: "      return 'processing';",
    },
    {
      id: 'size-is-not-told',
      file: 'video-meta.ts',
      find: '...(details.sizeBytes !== undefined && { sizeBytes: details.sizeBytes }),',
      replace: '',
    },
    {
      id: 'names-are-lost',
      file: 'video-meta.ts',
      find: "...(isText(meta['name']) && { fileName: meta['name'] }),",
      replace: '',
    },
    { id: 'custom-is-lost', file: 'video-meta.ts', find: '...(custom !== undefined && { custom }),', replace: '' },
    {
      id: 'unknown-is-empty',
      file: 'video-meta.ts',
      find: 'createdAt: toTimestamp(Date.parse(details.created)),',
      replace: "createdAt: toTimestamp(Date.parse(details.created)),\n    revision: '',",
    },
    {
      id: 'cursor-is-ignored',
      file: 'stream-list.ts',
      find: 'request.cursor === undefined ? undefined : decodePlace(request.cursor)',
      replace: 'request.cursor === undefined || request.limit > 0 ? undefined : decodePlace(request.cursor)',
    },
    {
      id: 'page-is-too-long',
      file: 'stream-list.ts',
      find: 'fresh.slice(0, request.limit)',
      replace: 'fresh.slice(0, request.limit + 1)',
    },
    {
      id: 'uploads-are-listed',
      file: 'stream-list.ts',
      find: "state !== 'pendingupload'",
      replace: "state !== 'none'",
    },
    {
      id: 'delete-does-nothing',
      file: 'cloudflare-stream-storage.ts',
      find: 'await this.#client.deleteVideo(videoId, options.signal);',
      replace: '',
    },
    {
      id: 'abort-does-nothing',
      file: 'cloudflare-stream-storage.ts',
      find: 'await this.#client.deleteVideo(claims.videoId, options.signal);',
      replace: '',
    },
    {
      id: 'outages-are-refusals',
      file: 'cloudflare-error.ts',
      find: "if (status >= 500) return 'BACKEND_UNAVAILABLE';",
      replace: "if (status >= 500) return 'BACKEND_REFUSED';",
    },
    {
      id: 'pages-are-refusals',
      file: 'cloudflare-error.ts',
      find: "  return 'BACKEND_BAD_RESPONSE';\n",
      replace: "  return 'BACKEND_REFUSED';\n",
    },
    {
      id: 'resets-are-refusals',
      file: 'http/send-error.ts',
      find: "new BackendError('BACKEND_UNAVAILABLE', 'Cloudflare cannot be reached.'",
      replace: "new BackendError('BACKEND_REFUSED', 'Cloudflare cannot be reached.'",
    },
    {
      id: 'token-lives-an-hour',
      file: 'stream-playback.ts',
      find: 'const expiresAtSeconds = nowSeconds + request.expiresInSeconds;',
      replace: 'const expiresAtSeconds = nowSeconds + 3600;',
    },
    {
      id: 'token-is-not-signed',
      file: 'stream-playback.ts',
      find: 'this.#options.requireSignedUrls ? await this.#token(terms, request.signal) : videoId',
      replace: 'videoId',
    },
    {
      id: 'renewed-too-late',
      file: 'stream-playback.ts',
      find: 'request.expiresInSeconds * 0.8',
      replace: 'request.expiresInSeconds * 0.99',
    },
    {
      id: 'webhooks-are-not-verified',
      file: 'webhook-signature.ts',
      find: "if (await crypto.subtle.verify('HMAC', key, signature, message)) return parsed;",
      replace: 'if (key !== undefined) return parsed;',
    },
    {
      id: 'old-webhooks-are-taken',
      file: 'webhook-signature.ts',
      find: 'if (ageSeconds > TOLERANCE_SECONDS)',
      replace: 'if (ageSeconds < 0)',
    },
    {
      id: 'each-delivery-is-new',
      file: 'webhooks.ts',
      find: '[video.uid, video.state, video.modified ?? time]',
      replace: '[video.uid, Math.random()]',
    },
  ],
};
