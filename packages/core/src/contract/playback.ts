import type { Timestamp } from './primitives.ts';
import type { CallOptions } from './storage.ts';

/** What a source is. */
export type PlaybackKind = 'iframe' | 'hls' | 'dash' | 'file';

/** Who watches; logged, and bound into the grant where the provider can. */
export interface Viewer {
  /** 1–128 bytes of UTF-8. */
  readonly userId: string;
  /** The host's own word, for instance `teacher`. 1–128 bytes of UTF-8. */
  readonly role: string;
  /** What the video belongs to. */
  readonly contextId?: string | undefined;
}

/** Options of `getPlaybackUrl`. */
export interface PlaybackOptions extends CallOptions {
  /** 1–86 400. Default 3 600. */
  readonly expiresInSeconds?: number | undefined;
  /** The grant is valid from here on; absent = now. */
  readonly notBefore?: Timestamp | undefined;
  /** IPv4 address or CIDR. */
  readonly ipRange?: string | undefined;
  /** Which kind stands first; `ValidationError` when the backend has none. Default: the backend's best. */
  readonly kind?: PlaybackKind | undefined;
  /** Whether the grant allows saving the file. Default false. */
  readonly downloadable?: boolean | undefined;
  /**
   * File name of `downloadUrl`, 1–255 bytes of UTF-8 without path parts: the one name that may stand in a URL, since the host
   * asks for it. Needs `downloadable`. Default: the backend's own neutral name.
   */
  readonly downloadName?: string | undefined;
  /** Who watches. */
  readonly viewer?: Viewer | undefined;
}

/** One way to play. */
export interface PlaybackSource {
  /** What the URL leads to. */
  readonly kind: PlaybackKind;
  /** Absolute, signed where `access` is `url`. */
  readonly url: string;
  /** Of the manifest, the file or the page. */
  readonly mimeType: string;
}

/** Captions and the like. */
export interface TextTrack {
  /** As in HTML's `track` element. */
  readonly kind: 'captions' | 'subtitles' | 'chapters';
  /** BCP 47, for instance `en`. */
  readonly language: string;
  /** For the player's menu. */
  readonly label: string;
  /** WebVTT. */
  readonly url: string;
}

/** A cookie that the host must set; never handed to script. */
export interface SignedCookie {
  /** For instance `CloudFront-Policy`. */
  readonly name: string;
  /** Secret until the grant expires. */
  readonly value: string;
  /** Narrowest path that covers the video. */
  readonly path: string;
  /** Absent = the host that sets it. */
  readonly domain?: string;
  /** Always. */
  readonly secure: true;
  /** Always. */
  readonly httpOnly: true;
  /** `none` only for players on another site. */
  readonly sameSite: 'lax' | 'none';
}

/** Common to every playback grant. */
export interface PlaybackBase {
  /** The one video that the grant is for. */
  readonly videoId: string;
  /** The kind of `sources[0]`. */
  readonly kind: PlaybackKind;
  /** The URL of `sources[0]`. */
  readonly url: string;
  /** All ways to play, the preferred one first. */
  readonly sources: readonly PlaybackSource[];
  /** A still picture. */
  readonly posterUrl?: string;
  /** A short moving picture. */
  readonly animatedPreviewUrl?: string;
  /** Present when `downloadable` was asked for and the backend can. */
  readonly downloadUrl?: string;
  /** Captions, subtitles, chapters. */
  readonly textTracks?: readonly TextTrack[];
  /** From here on the grant is refused. */
  readonly expiresAt: Timestamp;
  /** Renew from here on: four fifths of the lifetime. */
  readonly renewAfter: Timestamp;
}

/** Each URL is signed: renewing replaces the source. */
export interface UrlAccess {
  /** The URLs are signed themselves. */
  readonly access: 'url';
}

/** Append `signedQuery` to every request below `scopeUrl`: renewing replaces the query. */
export interface QueryAccess {
  /** One query for many URLs. */
  readonly access: 'query';
  /** Without the leading `?`. */
  readonly signedQuery: string;
  /** Prefix of the URLs that it opens. */
  readonly scopeUrl: string;
}

/** Cookies: renewing sets them again. `http` moves them into Set-Cookie, so they are absent in a browser. */
export interface CookieAccess {
  /** The browser sends the grant by itself. */
  readonly access: 'cookies';
  /** For the host to set. */
  readonly cookies?: readonly SignedCookie[];
}

/** Permission to play one video. Narrow on `access`: how a player carries and renews it. */
export type Playback = PlaybackBase & (UrlAccess | QueryAccess | CookieAccess);
