import {
  BackendError,
  type Playback,
  type PlaybackKind,
  type PlaybackSource,
  type TextTrack,
} from '@videostorage/core';
import { isObject } from './is-object.ts';

const MAX_SOURCES = 20;
const MAX_TRACKS = 100;
const MAX_TEXT_LENGTH = 16_384;
const KINDS: ReadonlySet<unknown> = new Set<PlaybackKind>(['iframe', 'hls', 'dash', 'file']);
const TRACK_KINDS: ReadonlySet<unknown> = new Set<TextTrack['kind']>(['captions', 'subtitles', 'chapters']);

/**
 * Parses a received grant for the requested video; unknown members are dropped. Its URLs are checked later, where they are
 * used in the page. @throws {BackendError} `BACKEND_BAD_RESPONSE`
 */
export function parsePlayback(value: unknown, videoId: string): Playback {
  if (!isObject(value) || value['videoId'] !== videoId) throw unreadable();
  const sources = listOf(value['sources'], MAX_SOURCES, parseSource);
  const [preferred] = sources;
  if (preferred === undefined) throw unreadable();
  const posterUrl = optionalText(value['posterUrl']);
  const animatedPreviewUrl = optionalText(value['animatedPreviewUrl']);
  const downloadUrl = optionalText(value['downloadUrl']);
  const tracks = value['textTracks'];
  const base = {
    videoId,
    kind: preferred.kind,
    url: preferred.url,
    sources,
    ...(posterUrl !== undefined && { posterUrl }),
    ...(animatedPreviewUrl !== undefined && { animatedPreviewUrl }),
    ...(downloadUrl !== undefined && { downloadUrl }),
    ...(tracks !== undefined && { textTracks: listOf(tracks, MAX_TRACKS, parseTrack) }),
    expiresAt: timestamp(value['expiresAt']),
    renewAfter: timestamp(value['renewAfter']),
  };
  switch (value['access']) {
    case 'url':
      return { ...base, access: 'url' };
    case 'cookies':
      return { ...base, access: 'cookies' };
    case 'query': {
      const [signedQuery, scopeUrl] = [text(value['signedQuery']), text(value['scopeUrl'])];
      return { ...base, access: 'query', signedQuery, scopeUrl };
    }
    default:
      throw unreadable();
  }
}

function parseSource(value: unknown): PlaybackSource {
  if (!isObject(value) || !isKind(value['kind'])) throw unreadable();
  return { kind: value['kind'], url: text(value['url']), mimeType: text(value['mimeType']) };
}

function parseTrack(value: unknown): TextTrack {
  if (!isObject(value) || !isTrackKind(value['kind'])) throw unreadable();
  const [language, label, url] = [text(value['language']), text(value['label']), text(value['url'])];
  return { kind: value['kind'], language, label, url };
}

function isKind(value: unknown): value is PlaybackKind {
  return KINDS.has(value);
}

function isTrackKind(value: unknown): value is TextTrack['kind'] {
  return TRACK_KINDS.has(value);
}

function listOf<T>(value: unknown, max: number, parse: (item: unknown) => T): readonly T[] {
  if (!Array.isArray(value) || value.length > max) throw unreadable();
  return value.map(parse);
}

function text(value: unknown): string {
  if (typeof value !== 'string' || value.length > MAX_TEXT_LENGTH) throw unreadable();
  return value;
}

function optionalText(value: unknown): string | undefined {
  return value === undefined ? undefined : text(value);
}

function timestamp(value: unknown): string {
  const read = text(value);
  if (!Number.isFinite(Date.parse(read))) throw unreadable();
  return read;
}

function unreadable(): BackendError {
  return new BackendError('BACKEND_BAD_RESPONSE', 'The answer of the host app is not a playback grant.');
}
