import { HmacSigner, type Secret } from '@videostorage/core';
import { nodeHmac } from '@videostorage/object-storage';

/** What a signature says of a request. */
export type UrlValidity = 'valid' | 'forged' | 'expired' | 'too-early';

/** What a playback URL allows. */
export interface PlaybackGrant {
  /** The one video. */
  readonly videoId: string;
  /** Refused from here on, in milliseconds since the epoch. */
  readonly expiresAtMs: number;
  /** Refused before, in milliseconds since the epoch. */
  readonly notBeforeMs?: number | undefined;
  /** Whether browsers shall save the file and not show it. */
  readonly isDownload: boolean;
  /** Under which name; the only name that ever reaches a viewer. */
  readonly downloadName?: string | undefined;
}

const WHOLE_NUMBER = /^\d{1,16}$/;

/**
 * Signed URLs: all that one allows, and an HMAC-SHA-256 over just that. Uploads and playback are signed for different
 * purposes, so that neither opens the other.
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

  /** Where the bytes of an upload go; the name of the sent file binds upload, user, type and size. */
  async uploadUrl(sentName: string, expiresAtMs: number): Promise<string> {
    const query = new URLSearchParams({ expires: String(expiresAtMs) });
    query.set('signature', await this.#uploads.sign(uploadText(sentName, expiresAtMs)));
    return `${this.#baseUrl}/uploads/${sentName}?${query}`;
  }

  /** Whether the query lets its bearer send to this file now. */
  async verifyUpload(
    sentName: string,
    query: URLSearchParams,
    nowMs: number,
  ): Promise<{ readonly validity: UrlValidity; readonly expiresAtMs: number }> {
    const expiresAtMs = wholeNumber(query, 'expires') ?? 0;
    const signature = onlyValue(query, 'signature');
    if (signature === undefined || !(await this.#uploads.verify(uploadText(sentName, expiresAtMs), signature))) {
      return { validity: 'forged', expiresAtMs };
    }
    return { validity: nowMs >= expiresAtMs ? 'expired' : 'valid', expiresAtMs };
  }

  /** Where a player finds the video. */
  async playbackUrl(grant: PlaybackGrant): Promise<string> {
    const query = new URLSearchParams({ expires: String(grant.expiresAtMs) });
    if (grant.notBeforeMs !== undefined) query.set('notBefore', String(grant.notBeforeMs));
    if (grant.isDownload) query.set('download', '1');
    if (grant.downloadName !== undefined) query.set('name', grant.downloadName);
    query.set('signature', await this.#playback.sign(playbackText(grant)));
    return `${this.#baseUrl}/videos/${grant.videoId}?${query}`;
  }

  /** What the query allows its bearer to do with this video; undefined when it was not signed here. */
  async readPlayback(videoId: string, query: URLSearchParams): Promise<PlaybackGrant | undefined> {
    const expiresAtMs = wholeNumber(query, 'expires');
    const signature = onlyValue(query, 'signature');
    if (expiresAtMs === undefined || signature === undefined) return undefined;
    const notBeforeMs = wholeNumber(query, 'notBefore');
    if (query.has('notBefore') && notBeforeMs === undefined) return undefined;
    if (query.has('download') && onlyValue(query, 'download') !== '1') return undefined;
    const downloadName = onlyValue(query, 'name');
    if (query.has('name') && downloadName === undefined) return undefined;
    const grant = { videoId, expiresAtMs, notBeforeMs, isDownload: query.has('download'), downloadName };
    return (await this.#playback.verify(playbackText(grant), signature)) ? grant : undefined;
  }
}

/** Whether the grant is valid now. */
export function checkGrant(grant: PlaybackGrant, nowMs: number): UrlValidity {
  if (nowMs >= grant.expiresAtMs) return 'expired';
  return nowMs < (grant.notBeforeMs ?? 0) ? 'too-early' : 'valid';
}

function uploadText(sentName: string, expiresAtMs: number): string {
  return JSON.stringify([sentName, expiresAtMs]);
}

function playbackText({ videoId, expiresAtMs, notBeforeMs, isDownload, downloadName }: PlaybackGrant): string {
  return JSON.stringify([videoId, expiresAtMs, notBeforeMs ?? null, isDownload, downloadName ?? null]);
}

/** The value when there is exactly one: no standard defines which of two counts. */
function onlyValue(query: URLSearchParams, name: string): string | undefined {
  const values = query.getAll(name);
  return values.length === 1 ? values[0] : undefined;
}

function wholeNumber(query: URLSearchParams, name: string): number | undefined {
  const text = onlyValue(query, name);
  return WHOLE_NUMBER.test(String(text)) ? Number(text) : undefined;
}
