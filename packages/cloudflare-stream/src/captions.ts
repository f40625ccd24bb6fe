import { type CallOptions, ValidationError, VideoNotFoundError } from '@videostorage/core';
import { z } from 'zod';
import type { CloudflareApi } from './cloudflare-api.ts';
import { readResult } from './envelope.ts';

const MAX_BYTES = 10_000_000;
/** BCP 47, as far as it is used for captions. */
const LANGUAGE = /^[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}$/;

/** A text track of a video. */
export interface Caption {
  /** BCP 47. */
  readonly language: string;
  /** For the player's menu. */
  readonly label: string;
  /** Made by a machine. */
  readonly generated: boolean;
  /** Where it stands. */
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

/** Captions of videos: one a language. */
export class Captions {
  readonly #api: CloudflareApi;

  constructor(api: CloudflareApi) {
    this.#api = api;
  }

  /** Uploads WebVTT of at most 10 MB; replaces the one of that language. @throws {ValidationError} @throws {VideoNotFoundError} */
  async upload(videoId: string, language: string, webVtt: string, options: CallOptions = {}): Promise<Caption> {
    if (!webVtt.replace(/^\uFEFF/, '').startsWith('WEBVTT') || webVtt.length > MAX_BYTES) {
      refuse('webVtt', 'Captions must be WebVTT of at most 10 MB.');
    }
    const body = new FormData();
    body.append('file', new Blob([webVtt], { type: 'text/vtt' }), 'captions.vtt');
    return this.#one({ method: 'PUT', path: path(videoId, language), body, signal: options.signal });
  }

  /** Lets a machine write them down. @throws {ValidationError} @throws {VideoNotFoundError} */
  generate(videoId: string, language: string, options: CallOptions = {}): Promise<Caption> {
    return this.#one({ method: 'POST', path: `${path(videoId, language)}/generate`, signal: options.signal });
  }

  /** All captions of a video. @throws {VideoNotFoundError} */
  async list(videoId: string, options: CallOptions = {}): Promise<readonly Caption[]> {
    const call = { method: 'GET', path: `/${encodeURIComponent(videoId)}/captions`, signal: options.signal } as const;
    return readResult(z.array(captionSchema), (await this.#api.call(call)) ?? notFound());
  }

  /** Removes the captions of a language; missing is success. */
  async delete(videoId: string, language: string, options: CallOptions = {}): Promise<void> {
    await this.#api.call({ method: 'DELETE', path: path(videoId, language), signal: options.signal });
  }

  async #one(call: Parameters<CloudflareApi['call']>[0]): Promise<Caption> {
    return readResult(captionSchema, (await this.#api.call(call)) ?? notFound());
  }
}

function path(videoId: string, language: string): string {
  if (!LANGUAGE.test(language)) refuse('language', 'The language must be a tag such as en or pt-BR.');
  return `/${encodeURIComponent(videoId)}/captions/${language}`;
}

function refuse(where: string, message: string): never {
  throw new ValidationError([{ path: where, code: 'OPTION_INVALID', message }]);
}

function notFound(): never {
  throw new VideoNotFoundError();
}
