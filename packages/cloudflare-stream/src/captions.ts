import { type CallOptions, ValidationError, VideoNotFoundError } from '@videostorage/core';
import { z } from 'zod';
import type { ApiCall, CloudflareApi } from './cloudflare-api.ts';
import { readResult } from './envelope.ts';
import type { RepeatableCall, RunCall } from './run-call.ts';
import { videoPath } from './uid.ts';

const MAX_BYTES = 10_000_000;
/** W3C WebVTT, section 4.1: the file's first word. */
const WEBVTT = /^\uFEFF?WEBVTT(?:[ \t\r\n]|$)/;
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
  readonly #run: RunCall;

  constructor(api: CloudflareApi, run: RunCall) {
    this.#api = api;
    this.#run = run;
  }

  /** Uploads WebVTT of at most 10 MB; replaces the one of that language. @throws {ValidationError} @throws {VideoNotFoundError} */
  async upload(videoId: string, language: string, webVtt: string, options: CallOptions = {}): Promise<Caption> {
    const file = new Blob([webVtt], { type: 'text/vtt' });
    if (!WEBVTT.test(webVtt) || file.size > MAX_BYTES) refuse('webVtt', 'Captions must be WebVTT of at most 10 MB.');
    const body = new FormData();
    body.append('file', file, 'captions.vtt');
    const call = { method: 'PUT', path: path(videoId, language), body } as const;
    return this.#one({ name: 'captions.upload', class: 'always' }, call, options);
  }

  /**
   * Lets a machine write them down, in cs, nl, en, fr, de, it, ja, ko, pl, pt, ru or es; `list` tells when they are ready.
   * @throws {ValidationError} @throws {VideoNotFoundError}
   */
  async generate(videoId: string, language: string, options: CallOptions = {}): Promise<Caption> {
    const call = { method: 'POST', path: `${path(videoId, language)}/generate` } as const;
    return this.#one({ name: 'captions.generate', class: 'if-not-sent' }, call, options);
  }

  /** All captions of a video. @throws {VideoNotFoundError} */
  async list(videoId: string, options: CallOptions = {}): Promise<readonly Caption[]> {
    const list = async (signal: AbortSignal) => {
      const call = { method: 'GET', path: `${videoPath(videoId)}/captions`, signal } as const;
      return readResult(z.array(captionSchema), (await this.#api.call(call)) ?? notFound());
    };
    return this.#run({ name: 'captions.list', class: 'always' }, list, options);
  }

  /** Removes the captions of a language; missing is success. @throws {ValidationError} */
  async delete(videoId: string, language: string, options: CallOptions = {}): Promise<void> {
    const call = { method: 'DELETE', path: path(videoId, language) } as const;
    const remove = async (signal: AbortSignal) => void (await this.#api.call({ ...call, signal }));
    await this.#run({ name: 'captions.delete', class: 'always' }, remove, options);
  }

  #one(operation: RepeatableCall, call: Omit<ApiCall, 'signal'>, options: CallOptions): Promise<Caption> {
    const send = async (signal: AbortSignal) =>
      readResult(captionSchema, (await this.#api.call({ ...call, signal })) ?? notFound());
    return this.#run(operation, send, options);
  }
}

function path(videoId: string, language: string): string {
  if (!LANGUAGE.test(language)) refuse('language', 'The language must be a tag such as en or pt-BR.');
  return `${videoPath(videoId)}/captions/${language}`;
}

function refuse(where: string, message: string): never {
  throw new ValidationError([{ path: where, code: 'OPTION_INVALID', message }]);
}

function notFound(): never {
  throw new VideoNotFoundError();
}
