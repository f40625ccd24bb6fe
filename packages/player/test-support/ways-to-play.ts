import type { backends } from './backends.ts';

/** One way in which a video is played: a backend, and what the element is asked for. */
export interface WayToPlay {
  /** For people. */
  readonly name: string;
  readonly backend: keyof typeof backends;
  readonly attributes: Readonly<Record<string, string>>;
  /** How its grants are carried. */
  readonly access: 'url' | 'query' | 'cookies';
}

/** All of them. */
export const waysToPlay: readonly WayToPlay[] = [
  { name: 'progressive on local', backend: 'local', attributes: {}, access: 'url' },
  { name: 'progressive on S3 and CloudFront', backend: 's3 by query', attributes: { kind: 'file' }, access: 'url' },
  { name: 'HLS by query on S3 and CloudFront', backend: 's3 by query', attributes: { kind: 'hls' }, access: 'query' },
  {
    name: 'HLS by cookies on S3 and CloudFront',
    backend: 's3 by cookies',
    attributes: { kind: 'hls' },
    access: 'cookies',
  },
  { name: 'Cloudflare’s player in a frame', backend: 'stream', attributes: {}, access: 'url' },
  { name: 'HLS of Cloudflare Stream', backend: 'stream', attributes: { kind: 'hls' }, access: 'url' },
];
