import type { PlaybackKind } from '@videostorage/core';
import { type CSSProperties, createElement, type ReactElement, useEffect, useLayoutEffect, useRef } from 'react';
import { definePlayerElement } from '../element/define-player-element.ts';
import type { PlayerElementEventMap } from '../element/player-element-events.ts';
import type { PlayerTexts } from '../element/player-texts.ts';
import type { VideoStoragePlayerElement } from '../element/video-storage-player-element.ts';
import { headersOf } from '../session/headers-of.ts';
import type { PlaybackTransport, PlaybackTransportOptions } from '../session/playback-transport.ts';

/** Properties of `<VideoPlayer>`: the attributes, properties and events of the element. */
export interface VideoPlayerProps {
  /** Id of the video. */
  readonly videoId: string;
  /** Path or URL of the routes. Default `/api/video`. */
  readonly endpoint?: string | undefined;
  /** Requests grants; replaces `endpoint`. Pass the same object in every render. */
  readonly transport?: PlaybackTransport | undefined;
  /** Whether cookies are sent: `include` for a host app on another origin. Default `same-origin`. */
  readonly credentials?: 'same-origin' | 'include' | undefined;
  /** Headers for each request for a grant, as passed in the newest render; unused with a `transport`. */
  readonly headers?: PlaybackTransportOptions['headers'];
  /** The kind of source to prefer. Default: the backend's preferred kind. */
  readonly kind?: PlaybackKind | undefined;
  /** URL of a still picture that is shown before playback. Default: the grant's `posterUrl`. */
  readonly poster?: string | undefined;
  /** Where to begin, in seconds. Default 0. */
  readonly startAt?: number | undefined;
  /**
   * `metadata`, the default: the grant is requested when the component is mounted. `none`: only when the viewer clicks.
   */
  readonly preload?: 'none' | 'metadata' | undefined;
  /** Whether playback starts automatically where the browser allows it. Default false. */
  readonly autoPlay?: boolean | undefined;
  /** Whether playback starts without sound. Default false. */
  readonly muted?: boolean | undefined;
  /** Name for screen readers. */
  readonly label?: string | undefined;
  /** Texts that replace some or all of the English ones. */
  readonly texts?: Partial<PlayerTexts> | undefined;
  /**
   * URL of the script that controls Cloudflare's player. Default
   * `https://embed.cloudflarestream.com/embed/sdk.latest.js`.
   */
  readonly embedScriptUrl?: string | undefined;
  /** CSS class of the element. */
  readonly className?: string | undefined;
  /** CSS of the element. */
  readonly style?: CSSProperties | undefined;
  /** Called with the element, for `play()`, `currentTime` and its other members, and with null. Pass the same function in every render. */
  readonly onElement?: ((element: VideoStoragePlayerElement | null) => void) | undefined;
  /** The grant was renewed. */
  readonly onRenewed?: ((event: PlayerElementEventMap['renewed']) => void) | undefined;
  /** The host app refused to renew; the video has stopped. */
  readonly onEndedByHost?: ((event: PlayerElementEventMap['ended-by-host']) => void) | undefined;
  /**
   * Called after every five seconds watched and when watching stops. Says how far the video was watched without a gap.
   */
  readonly onSeenUntil?: ((event: PlayerElementEventMap['seen-until']) => void) | undefined;
}

/** React warns of layout effects where there is no layout. */
const useEarlyEffect = typeof document === 'undefined' ? useEffect : useLayoutEffect;

/** `<video-storage-player>` as a component. */
export function VideoPlayer(props: VideoPlayerProps): ReactElement {
  const { videoId, endpoint, kind, poster, startAt, preload, autoPlay, muted, label } = props;
  const { credentials, embedScriptUrl } = props;
  const element = useRef<VideoStoragePlayerElement>(null);
  const newest = useRef(props);
  newest.current = props;
  const { transport, texts, onElement } = props;
  // Set before the element requests a grant according to its attributes.
  useEarlyEffect(() => {
    if (element.current !== null && element.current.transport !== transport) element.current.transport = transport;
  }, [transport]);
  useEarlyEffect(() => {
    if (element.current !== null) element.current.headers = () => headersOf(newest.current);
  }, []);
  useEarlyEffect(() => {
    if (element.current !== null) element.current.texts = texts ?? {};
  }, [texts]);
  useEffect(() => {
    definePlayerElement();
    return listen(element.current, newest);
  }, []);
  useEffect(() => {
    onElement?.(element.current);
    return () => onElement?.(null);
  }, [onElement]);
  return createElement('video-storage-player', {
    ...{ ref: element, 'video-id': videoId, endpoint, kind, poster, 'start-at': startAt, preload, label },
    credentials,
    ...{ 'embed-script-url': embedScriptUrl, autoplay: autoPlay ? '' : undefined },
    // A property of a defined element, to which '' would be false.
    muted: muted || undefined,
    ...{ class: props.className, style: props.style },
  });
}

/** Calls the listeners of the newest rendering. */
function listen(element: VideoStoragePlayerElement | null, props: { readonly current: VideoPlayerProps }) {
  const controller = new AbortController();
  const { signal } = controller;
  element?.addEventListener('renewed', (event) => props.current.onRenewed?.(event), { signal });
  element?.addEventListener('ended-by-host', (event) => props.current.onEndedByHost?.(event), { signal });
  element?.addEventListener('seen-until', (event) => props.current.onSeenUntil?.(event), { signal });
  return () => controller.abort();
}
