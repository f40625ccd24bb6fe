import { HmacSigner, type Secret } from '@videostorage/core';
import { nodeHmac } from './node-hmac.ts';

/** What a signature says of a request. */
export type Verdict = 'valid' | 'forged' | 'expired' | 'too-early';

/** What a playback URL allows. */
export interface PlaybackLeave {
  /** The one video. */
  readonly videoId: string;
  /** Refused from here on, in milliseconds since the epoch. */
  readonly expiresAtMs: number;
  /** Refused before, in milliseconds since the epoch. */
  readonly notBeforeMs?: number | undefined;
  /** Whether browsers shall save the file and not show it. */
  readonly isDownload: boolean;
}

const WHOLE_NUMBER = /^\d{1,16}$/;

/**
 * Leave as part of a URL: all that it allows, and an HMAC-SHA-256 over just that. Uploads and playback are signed for
 * different purposes, so that neither opens the other.
 */
export class SignedUrls {
  readonly #baseUrl: string;
  readonly #uploads: HmacSigner;
  readonly #playback: HmacSigner;

  /** URLs below `baseUrl`, which has no slash at its end. @throws {ConfigurationError} weak secrets */
  constructor(baseUrl: string, secrets: readonly Secret[]) {
    this.#baseUrl = baseUrl;
    this.#uploads = new HmacSigner(secrets, 'videostorage/local-upload/v1', nodeHmac);
    this.#playback = new HmacSigner(secrets, 'videostorage/local-playback/v1', nodeHmac);
  }

  /** Where the bytes of an upload go. */
  async uploadUrl(uploadId: string, expiresAtMs: number): Promise<string> {
    const query = new URLSearchParams({ expires: String(expiresAtMs) });
    query.set('signature', await this.#uploads.sign(uploadText(uploadId, expiresAtMs)));
    return `${this.#baseUrl}/uploads/${uploadId}?${query}`;
  }

  /** Whether the query lets its bearer send to this upload now. */
  async verifyUpload(uploadId: string, query: URLSearchParams, nowMs: number): Promise<Verdict> {
    const expiresAtMs = wholeNumber(query, 'expires');
    const signature = onlyValue(query, 'signature');
    if (expiresAtMs === undefined || signature === undefined) return 'forged';
    if (!(await this.#uploads.verify(uploadText(uploadId, expiresAtMs), signature))) return 'forged';
    return nowMs >= expiresAtMs ? 'expired' : 'valid';
  }

  /** Where a player finds the video. */
  async playbackUrl(leave: PlaybackLeave): Promise<string> {
    const query = new URLSearchParams({ expires: String(leave.expiresAtMs) });
    if (leave.notBeforeMs !== undefined) query.set('notBefore', String(leave.notBeforeMs));
    if (leave.isDownload) query.set('download', '1');
    query.set('signature', await this.#playback.sign(playbackText(leave)));
    return `${this.#baseUrl}/videos/${leave.videoId}?${query}`;
  }

  /** What the query allows its bearer to do with this video; undefined when it was not signed here. */
  async readPlayback(videoId: string, query: URLSearchParams): Promise<PlaybackLeave | undefined> {
    const expiresAtMs = wholeNumber(query, 'expires');
    const signature = onlyValue(query, 'signature');
    if (expiresAtMs === undefined || signature === undefined) return undefined;
    const notBeforeMs = query.has('notBefore') ? wholeNumber(query, 'notBefore') : undefined;
    if (query.has('notBefore') && notBeforeMs === undefined) return undefined;
    if (query.has('download') && onlyValue(query, 'download') !== '1') return undefined;
    const leave = { videoId, expiresAtMs, notBeforeMs, isDownload: query.has('download') };
    return (await this.#playback.verify(playbackText(leave), signature)) ? leave : undefined;
  }
}

/** Whether the leave holds now. */
export function judgeLeave(leave: PlaybackLeave, nowMs: number): Verdict {
  if (nowMs >= leave.expiresAtMs) return 'expired';
  return leave.notBeforeMs !== undefined && nowMs < leave.notBeforeMs ? 'too-early' : 'valid';
}

function uploadText(uploadId: string, expiresAtMs: number): string {
  return JSON.stringify([uploadId, expiresAtMs]);
}

function playbackText({ videoId, expiresAtMs, notBeforeMs, isDownload }: PlaybackLeave): string {
  return JSON.stringify([videoId, expiresAtMs, notBeforeMs ?? null, isDownload]);
}

/** One value and no second one: which of two counts would be a matter of taste. */
function onlyValue(query: URLSearchParams, name: string): string | undefined {
  const values = query.getAll(name);
  return values.length === 1 ? values[0] : undefined;
}

function wholeNumber(query: URLSearchParams, name: string): number | undefined {
  const text = onlyValue(query, name);
  return text !== undefined && WHOLE_NUMBER.test(text) ? Number(text) : undefined;
}
