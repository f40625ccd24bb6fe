import {
  type CallOptions,
  type CallRunner,
  callOptionSchemas,
  checkCallOptions,
  type RetryClass,
  refuseOption,
  type StorageCall,
  VideoNotFoundError,
} from '@videostorage/core';
import { z } from 'zod';
import type { ApiCall, CloudflareApi } from './cloudflare-api.ts';
import { readResult } from './envelope.ts';
import { videoPath } from './uid.ts';

const MAX_BYTES = 10_000_000;
/** W3C WebVTT, section 4.1: the file's first word. */
const WEBVTT = /^\uFEFF?WEBVTT(?:[ \t\r\n]|$)/;
/** The tags of BCP 47 that captions use. */
const LANGUAGE = /^[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}$/;

/** A text track of a video. */
export interface Caption {
  /** Language as a BCP 47 tag, for instance `en`. */
  readonly language: string;
  /** Name in the player's menu. */
  readonly label: string;
  /** Whether the captions were transcribed by Cloudflare, and not uploaded. */
  readonly generated: boolean;
  /** `inprogress` while Cloudflare transcribes; `error` when that failed. */
  readonly status: 'ready' | 'inprogress' | 'error';
}

const captionSchema: z.ZodType<Caption> = z
  .object({
    language: z.string(),
    label: z.string(),
    generated: z.boolean().nullish(),
    status: z.enum(['ready', 'inprogress', 'error']).nullish(),
  })
  .transform(({ generated, status, ...caption }) => ({
    ...caption,
    generated: generated === true,
    status: status ?? 'ready',
  }));

/** Manages captions of videos: one track per language. */
export class Captions {
  readonly #api: CloudflareApi;
  readonly #call: CallRunner;

  /** @internal */
  constructor(api: CloudflareApi, call: CallRunner) {
    this.#api = api;
    this.#call = call;
  }

  /**
   * Uploads captions as WebVTT of at most 10 MB; replaces those in the same language.
   * @throws {ValidationError}
   * @throws {VideoNotFoundError}
   */
  async upload(videoId: string, language: string, webVtt: string, options: CallOptions = {}): Promise<Caption> {
    return this.#call('captions.upload', options, async (call) => {
      checkCallOptions(options, callOptionSchemas);
      const file = new Blob([webVtt], { type: 'text/vtt' });
      if (!WEBVTT.test(webVtt) || file.size > MAX_BYTES)
        refuseOption('webVtt', 'Captions must be WebVTT of at most 10 MB.');
      const body = new FormData();
      body.append('file', file, 'captions.vtt');
      return this.#one(call, 'always', { method: 'PUT', path: path(videoId, language), body });
    });
  }

  /**
   * Lets Cloudflare transcribe the sound, in cs, nl, en, fr, de, it, ja, ko, pl, pt, ru or es; `list` shows when they
   * are ready.
   * @throws {ValidationError} @throws {VideoNotFoundError}
   */
  async generate(videoId: string, language: string, options: CallOptions = {}): Promise<Caption> {
    return this.#call('captions.generate', options, async (call) => {
      checkCallOptions(options, callOptionSchemas);
      return this.#one(call, 'if-not-sent', { method: 'POST', path: `${path(videoId, language)}/generate` });
    });
  }

  /** All captions of a video. @throws {VideoNotFoundError} */
  async list(videoId: string, options: CallOptions = {}): Promise<readonly Caption[]> {
    return this.#call('captions.list', options, async (call) => {
      checkCallOptions(options, callOptionSchemas);
      const path = `${videoPath(videoId)}/captions`;
      return call.step('always', async (signal) =>
        readResult(z.array(captionSchema), (await this.#api.call({ method: 'GET', path, signal })) ?? notFound()),
      );
    });
  }

  /** Removes the captions in a language; succeeds when there are none. @throws {ValidationError} */
  async delete(videoId: string, language: string, options: CallOptions = {}): Promise<void> {
    await this.#call('captions.delete', options, async (call) => {
      checkCallOptions(options, callOptionSchemas);
      const request = { method: 'DELETE', path: path(videoId, language) } as const;
      await call.step('always', (signal) => this.#api.call({ ...request, signal }));
    });
  }

  #one(call: StorageCall, retryClass: RetryClass, request: Omit<ApiCall, 'signal'>): Promise<Caption> {
    return call.step(retryClass, async (signal) =>
      readResult(captionSchema, (await this.#api.call({ ...request, signal })) ?? notFound()),
    );
  }
}

function path(videoId: string, language: string): string {
  if (!LANGUAGE.test(language)) refuseOption('language', 'The language must be a tag such as en or pt-BR.');
  return `${videoPath(videoId)}/captions/${language}`;
}

function notFound(): never {
  throw new VideoNotFoundError();
}
