import {
  type CallOptions,
  type CallRunner,
  callOptionSchemas,
  checkCallOptions,
  refuseOption,
  VideoNotFoundError,
} from '@videostorage/core';
import { z } from 'zod';
import type { CloudflareApi } from './cloudflare-api.ts';
import { readResult } from './envelope.ts';
import { videoPath } from './uid.ts';

/** `default`: picture and sound as MP4; `audio`: only the sound. */
export type DownloadKind = 'default' | 'audio';

/** A file that viewers can save. */
export interface Download {
  /** `inprogress` while Stream creates the file; `error` when that failed. */
  readonly status: 'ready' | 'inprogress' | 'error';
  /** Works only for public videos; for a private video use `Playback.downloadUrl`. */
  readonly url: string;
  /** Progress of creating the file, 0–100. */
  readonly percentComplete: number;
}

const downloadSchema: z.ZodType<Download> = z.object({
  status: z.enum(['ready', 'inprogress', 'error']),
  url: z.string(),
  percentComplete: z.coerce.number(),
});
const downloadsSchema = z.object({ default: downloadSchema.optional(), audio: downloadSchema.optional() });

/** Files that viewers can save, made on request from a ready video. */
export class Downloads {
  readonly #api: CloudflareApi;
  readonly #call: CallRunner;

  /** @internal */
  constructor(api: CloudflareApi, call: CallRunner) {
    this.#api = api;
    this.#call = call;
  }

  /** Lets Stream create the file, if there is none; `list` shows when it is ready. @throws {VideoNotFoundError} */
  async create(videoId: string, kind: DownloadKind = 'default', options: CallOptions = {}): Promise<void> {
    await this.#call('downloads.create', options, async (call) => {
      checkCallOptions(options, callOptionSchemas);
      const request = { method: 'POST', path: path(videoId, kind) } as const;
      const result = await call.step('always', (signal) => this.#api.call({ ...request, signal }));
      if (result === undefined) throw new VideoNotFoundError();
    });
  }

  /** The files that exist or are being made, by kind. @throws {VideoNotFoundError} */
  async list(videoId: string, options: CallOptions = {}): Promise<Partial<Record<DownloadKind, Download>>> {
    return this.#call('downloads.list', options, async (call) => {
      checkCallOptions(options, callOptionSchemas);
      const path = `${videoPath(videoId)}/downloads`;
      return call.step('always', async (signal) => {
        const result = await this.#api.call({ method: 'GET', path, signal });
        if (result === undefined) throw new VideoNotFoundError();
        const { default: video, audio } = readResult(downloadsSchema, result);
        return { ...(video !== undefined && { default: video }), ...(audio !== undefined && { audio }) };
      });
    });
  }

  /** Removes the file of this kind; succeeds when there is none. */
  async delete(videoId: string, kind: DownloadKind = 'default', options: CallOptions = {}): Promise<void> {
    await this.#call('downloads.delete', options, async (call) => {
      checkCallOptions(options, callOptionSchemas);
      const request = { method: 'DELETE', path: path(videoId, kind) } as const;
      await call.step('always', (signal) => this.#api.call({ ...request, signal }));
    });
  }
}

function path(videoId: string, kind: DownloadKind): string {
  if (kind !== 'default' && kind !== 'audio') {
    refuseOption('kind', 'The kind must be default or audio.');
  }
  return `${videoPath(videoId)}/downloads/${kind}`;
}
