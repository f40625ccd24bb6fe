import type { backends } from './backends.ts';

/** One way to play a video: a backend, and the kind that is requested. */
export interface WayToPlay {
  /** Name for reports. */
  readonly name: string;
  readonly backend: keyof typeof backends;
  readonly attributes: Readonly<Record<string, string>>;
  /** How requests carry its grants. */
  readonly access: 'url' | 'query' | 'cookies';
  /**
   * The shortest lifetime that a busy machine can renew in time: a frame must load a page, and Stream's segments are 4 s
   * long.
   */
  readonly shortestSeconds: number;
  /** Whether it stands for the ways with the same player and the same kind of grant. */
  readonly isExample: boolean;
}

/** All of them. */
export const waysToPlay: readonly WayToPlay[] = [
  {
    name: 'progressive on local',
    backend: 'local',
    attributes: {},
    access: 'url',
    shortestSeconds: 3,
    isExample: true,
  },
  {
    name: 'progressive on S3 and CloudFront',
    backend: 's3 by query',
    attributes: { kind: 'file' },
    access: 'url',
    shortestSeconds: 3,
    isExample: false,
  },
  {
    name: 'HLS by query on S3 and CloudFront',
    backend: 's3 by query',
    attributes: { kind: 'hls' },
    access: 'query',
    shortestSeconds: 3,
    isExample: true,
  },
  {
    name: 'HLS by cookies on S3 and CloudFront',
    backend: 's3 by cookies',
    attributes: { kind: 'hls' },
    access: 'cookies',
    shortestSeconds: 3,
    isExample: true,
  },
  {
    name: 'Cloudflare’s player in a frame',
    backend: 'stream',
    attributes: {},
    access: 'url',
    shortestSeconds: 5,
    isExample: true,
  },
  {
    name: 'HLS of Cloudflare Stream',
    backend: 'stream',
    attributes: { kind: 'hls' },
    access: 'url',
    shortestSeconds: 5,
    isExample: false,
  },
];
