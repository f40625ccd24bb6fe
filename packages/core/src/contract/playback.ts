import type { Timestamp } from './primitives.ts';
import type { CallOptions } from './storage.ts';

/** How a source is played: in an iframe of the provider, by an HLS or DASH player, or as a file. */
export type PlaybackKind = 'iframe' | 'hls' | 'dash' | 'file';

/** The user who watches; logged, and counted by the rate limits for playback. */
export interface Viewer {
  /** Id of the user, 1–128 bytes of UTF-8. */
  readonly userId: string;
  /** A role of the host app, for instance `teacher`. 1–128 bytes of UTF-8. */
  readonly role: string;
  /** What the video belongs to, for instance a lesson. 1–128 bytes of UTF-8. */
  readonly contextId?: string | undefined;
}

/** Options of `getPlaybackUrl`. */
export interface PlaybackOptions extends CallOptions {
  /** Lifetime of the grant in seconds, 1–86 400. Default 3 600. */
  readonly expiresInSeconds?: number | undefined;
  /** The grant is not valid before this time, which must be before it expires. Default: now. */
  readonly notBefore?: Timestamp | undefined;
  /** Restricts the grant to viewers from this IPv4 address or CIDR range, such as `192.0.2.0/24`. Default: any address. */
  readonly ipRange?: string | undefined;
  /** The kind of `sources[0]`; `ValidationError` when the backend does not offer it. Default: the backend's preferred kind. */
  readonly kind?: PlaybackKind | undefined;
  /** Whether the grant allows saving the file. Default false. */
  readonly downloadable?: boolean | undefined;
  /**
   * File name of `downloadUrl`, 1–255 bytes of UTF-8 without path parts. Requires `downloadable`. The name appears in the
   * URL. Default: a name that the backend chooses and that is not the uploader's, for instance `video.mp4`.
   */
  readonly downloadName?: string | undefined;
  /** The user who watches; without a viewer only `global` rate limits count. */
  readonly viewer?: Viewer | undefined;
}

/** One way to play. */
export interface PlaybackSource {
  /** How this source is played. */
  readonly kind: PlaybackKind;
  /** Absolute; signed when `access` is `url`. */
  readonly url: string;
  /** Type of the manifest, the file or the page. */
  readonly mimeType: string;
}

/** Captions, subtitles or chapters. */
export interface TextTrack {
  /** Kind of the track, as in HTML's `track` element. */
  readonly kind: 'captions' | 'subtitles' | 'chapters';
  /** Language as a BCP 47 tag, for instance `en`. */
  readonly language: string;
  /** Name in the menu of the player. */
  readonly label: string;
  /** URL of the WebVTT file. */
  readonly url: string;
}

/** A cookie that the host app must set; not readable by scripts of the page. */
export interface SignedCookie {
  /** Name of the cookie, for instance `CloudFront-Policy`. */
  readonly name: string;
  /** Value of the cookie. Keep it secret until the grant expires. */
  readonly value: string;
  /** The narrowest path that covers the video. */
  readonly path: string;
  /** Absent: the cookie belongs to the host name that sets it. */
  readonly domain?: string;
  /** Always true: sent over HTTPS only. */
  readonly secure: true;
  /** Always true: hidden from scripts. */
  readonly httpOnly: true;
  /** `none` for players on another site, else `lax`. */
  readonly sameSite: 'lax' | 'none';
}

/** The members that every playback grant has. */
export interface PlaybackBase {
  /** The one video that the grant is for. */
  readonly videoId: string;
  /** Kind of the preferred source, `sources[0]`. */
  readonly kind: PlaybackKind;
  /** URL of the preferred source, `sources[0]`. */
  readonly url: string;
  /** All ways to play, the preferred one first. */
  readonly sources: readonly PlaybackSource[];
  /** URL of a still picture of the video; absent when the backend has none. */
  readonly posterUrl?: string;
  /**
   * URL of a short animation, to show for instance while the pointer is over the poster; absent when the backend has
   * none.
   */
  readonly animatedPreviewUrl?: string;
  /**
   * URL that answers with the file as a download. Present when `downloadable` was requested and the backend supports it.
   */
  readonly downloadUrl?: string;
  /** Text tracks of the video; absent when the backend reports none. */
  readonly textTracks?: readonly TextTrack[];
  /** The grant is refused from this time on. */
  readonly expiresAt: Timestamp;
  /** From this time on the grant should be renewed: after four fifths of its lifetime. */
  readonly renewAfter: Timestamp;
}

/** Each URL is signed: renewing replaces the URLs. */
export interface UrlAccess {
  /** Every URL carries its own signature. */
  readonly access: 'url';
}

/** One signature for many URLs: append `signedQuery` to every request below `scopeUrl`. Renewing replaces the query. */
export interface QueryAccess {
  /** The signature is a query, shared by all URLs. */
  readonly access: 'query';
  /** Without the leading `?`. */
  readonly signedQuery: string;
  /** Prefix of the URLs that the query opens. */
  readonly scopeUrl: string;
}

/**
 * The signature is in cookies; renewing sets them again. The HTTP routes move them into `Set-Cookie`, so browsers do
 * not find them in this member.
 */
export interface CookieAccess {
  /** The browser sends the cookies automatically. */
  readonly access: 'cookies';
  /** The cookies that the host app sets; absent in a browser. */
  readonly cookies?: readonly SignedCookie[];
}

/** A grant to play one video. Narrow on `access`, which says how a player sends and renews it. */
export type Playback = PlaybackBase & (UrlAccess | QueryAccess | CookieAccess);
