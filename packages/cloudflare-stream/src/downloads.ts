import { type CallOptions, VideoNotFoundError } from '@videostorage/core';
import { z } from 'zod';
import type { CloudflareApi } from './cloudflare-api.ts';
import { readResult } from './envelope.ts';

/** What can be saved: the picture with sound as MP4, or the sound alone. */
export type DownloadKind = 'default' | 'audio';

/** A file to save. */
export interface Download {
  /** Where it stands. */
  readonly status: 'ready' | 'inprogress' | 'error';
  /** Of public videos; private ones are saved by `Playback.downloadUrl`. */
  readonly url: string;
  /** 0–100. */
  readonly percentComplete: number;
}

const downloadSchema: z.ZodType<Download> = z.object({
  status: z.enum(['ready', 'inprogress', 'error']),
  url: z.string(),
  percentComplete: z.coerce.number(),
});
const downloadsSchema = z.object({ default: downloadSchema.optional(), audio: downloadSchema.optional() });

/** Files to save, made on request from a ready video. */
export class Downloads {
  readonly #api: CloudflareApi;

  constructor(api: CloudflareApi) {
    this.#api = api;
  }

  /** Begins to make one. @throws {VideoNotFoundError} */
  async create(videoId: string, kind: DownloadKind = 'default', options: CallOptions = {}): Promise<void> {
    const call = { method: 'POST', path: path(videoId, kind), signal: options.signal } as const;
    if ((await this.#api.call(call)) === undefined) throw new VideoNotFoundError();
  }

  /** What there is, by kind. @throws {VideoNotFoundError} */
  async list(videoId: string, options: CallOptions = {}): Promise<Partial<Record<DownloadKind, Download>>> {
    const call = { method: 'GET', path: `/${encodeURIComponent(videoId)}/downloads`, signal: options.signal } as const;
    const result = await this.#api.call(call);
    if (result === undefined) throw new VideoNotFoundError();
    const { default: video, audio } = readResult(downloadsSchema, result);
    return { ...(video !== undefined && { default: video }), ...(audio !== undefined && { audio }) };
  }

  /** Removes one; missing is success. */
  async delete(videoId: string, kind: DownloadKind = 'default', options: CallOptions = {}): Promise<void> {
    await this.#api.call({ method: 'DELETE', path: path(videoId, kind), signal: options.signal });
  }
}

function path(videoId: string, kind: DownloadKind): string {
  return `/${encodeURIComponent(videoId)}/downloads/${kind}`;
}
