import { type CallOptions, type CallRunner, ValidationError, VideoNotFoundError } from '@videostorage/core';
import { z } from 'zod';
import type { CloudflareApi } from './cloudflare-api.ts';
import { readResult } from './envelope.ts';
import { videoPath } from './uid.ts';

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
  readonly #call: CallRunner;

  /** @internal */
  constructor(api: CloudflareApi, call: CallRunner) {
    this.#api = api;
    this.#call = call;
  }

  /** Begins to make one; one that is there stays. `list` shows when it is ready. @throws {VideoNotFoundError} */
  async create(videoId: string, kind: DownloadKind = 'default', options: CallOptions = {}): Promise<void> {
    await this.#call('downloads.create', options, async (call) => {
      const request = { method: 'POST', path: path(videoId, kind) } as const;
      const result = await call.step('always', (signal) => this.#api.call({ ...request, signal }));
      if (result === undefined) throw new VideoNotFoundError();
    });
  }

  /** What there is, by kind. @throws {VideoNotFoundError} */
  async list(videoId: string, options: CallOptions = {}): Promise<Partial<Record<DownloadKind, Download>>> {
    return this.#call('downloads.list', options, async (call) => {
      const path = `${videoPath(videoId)}/downloads`;
      return call.step('always', async (signal) => {
        const result = await this.#api.call({ method: 'GET', path, signal });
        if (result === undefined) throw new VideoNotFoundError();
        const { default: video, audio } = readResult(downloadsSchema, result);
        return { ...(video !== undefined && { default: video }), ...(audio !== undefined && { audio }) };
      });
    });
  }

  /** Removes one; missing is success. */
  async delete(videoId: string, kind: DownloadKind = 'default', options: CallOptions = {}): Promise<void> {
    await this.#call('downloads.delete', options, async (call) => {
      const request = { method: 'DELETE', path: path(videoId, kind) } as const;
      await call.step('always', (signal) => this.#api.call({ ...request, signal }));
    });
  }
}

function path(videoId: string, kind: DownloadKind): string {
  if (kind !== 'default' && kind !== 'audio') {
    throw new ValidationError([
      { path: 'kind', code: 'OPTION_INVALID', message: 'The kind must be default or audio.' },
    ]);
  }
  return `${videoPath(videoId)}/downloads/${kind}`;
}
