import type { Playback, PlaybackKind } from '@videostorage/core';
import { useEffect, useRef, useState } from 'react';
import { createPlaybackSession } from '../session/create-playback-session.ts';
import { headersOf } from '../session/headers-of.ts';
import type { PlaybackSession } from '../session/playback-session.ts';
import {
  createPlaybackTransport,
  type PlaybackTransport,
  type PlaybackTransportOptions,
} from '../session/playback-transport.ts';

/** Options of `usePlaybackSession`. */
export interface UsePlaybackSessionOptions {
  /** Id of the video; a different id begins a new session. */
  readonly videoId: string;
  /** Path or URL of the routes. Default `/api/video`. */
  readonly endpoint?: string | undefined;
  /** Whether cookies are sent: `include` for a host app on another origin. Default `same-origin`. */
  readonly credentials?: 'same-origin' | 'include' | undefined;
  /** Headers for each request for a grant, as passed in the newest render; unused with a `transport`. */
  readonly headers?: PlaybackTransportOptions['headers'];
  /** Requests grants; replaces `endpoint`. Pass the same object in every render, or the session begins again. */
  readonly transport?: PlaybackTransport | undefined;
  /** The kind of source to prefer. Default: the backend's preferred kind. */
  readonly kind?: PlaybackKind | undefined;
}

/** Returned by the hook. */
export interface UsedPlaybackSession {
  /** Undefined before the first grant, and when there is none. */
  readonly session: PlaybackSession | undefined;
  /** The newest grant. */
  readonly playback: Playback | undefined;
  /** Why there is no grant, or why the host app ended the playback. */
  readonly error: unknown;
}

const NOTHING: UsedPlaybackSession = { session: undefined, playback: undefined, error: undefined };

/** Provides a session for your own player: it starts when the component is mounted, renews the grant, and closes on unmount. */
export function usePlaybackSession(options: UsePlaybackSessionOptions): UsedPlaybackSession {
  const { videoId, endpoint, credentials, transport, kind } = options;
  const newest = useRef(options);
  newest.current = options;
  const [used, setUsed] = useState(NOTHING);
  useEffect(() => {
    const controller = new AbortController();
    const { signal } = controller;
    const onFailed = (error: unknown) => {
      if (!signal.aborted) setUsed({ ...NOTHING, error });
    };
    setUsed(NOTHING);
    const asked =
      transport ?? createPlaybackTransport(endpoint, { credentials, headers: () => headersOf(newest.current) });
    createPlaybackSession({ transport: asked, videoId, kind, signal }).then((session) => {
      if (signal.aborted) return session.close();
      setUsed({ session, playback: session.playback, error: undefined });
      session.onRenewed((playback) => setUsed({ session, playback, error: undefined }));
      session.onEnded(onFailed);
    }, onFailed);
    return () => controller.abort();
  }, [transport, endpoint, credentials, videoId, kind]);
  return used;
}
