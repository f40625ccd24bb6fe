import type { Playback, PlaybackKind } from '@videostorage/core';
import { useEffect, useState } from 'react';
import { createPlaybackSession } from '../session/create-playback-session.ts';
import type { PlaybackSession } from '../session/playback-session.ts';
import type { PlaybackTransport } from '../session/playback-transport.ts';

/** What `usePlaybackSession` is asked for. */
export interface UsePlaybackSessionOptions {
  /** How the host is asked. The same object in every rendering, or the session begins anew. */
  readonly transport: PlaybackTransport;
  /** The video; with another id, another session. */
  readonly videoId: string;
  /** Which kind should stand first. Default: the backend's best. */
  readonly kind?: PlaybackKind | undefined;
}

/** How a session stands. */
export interface UsedPlaybackSession {
  /** Undefined until the first grant is there, and when there is none. */
  readonly session: PlaybackSession | undefined;
  /** The newest grant. */
  readonly playback: Playback | undefined;
  /** Why there is no grant, or why the host ended the playback. */
  readonly error: unknown;
}

const NOTHING: UsedPlaybackSession = { session: undefined, playback: undefined, error: undefined };

/** A session for a player of one's own: begun when the component is shown, renewed, and closed when it goes. */
export function usePlaybackSession({ transport, videoId, kind }: UsePlaybackSessionOptions): UsedPlaybackSession {
  const [used, setUsed] = useState(NOTHING);
  useEffect(() => {
    const controller = new AbortController();
    const { signal } = controller;
    const onFailed = (error: unknown) => {
      if (!signal.aborted) setUsed({ ...NOTHING, error });
    };
    setUsed(NOTHING);
    createPlaybackSession({ transport, videoId, kind, signal }).then((session) => {
      if (signal.aborted) return session.close();
      setUsed({ session, playback: session.playback, error: undefined });
      session.onRenewed((playback) => setUsed({ session, playback, error: undefined }));
      session.onEnded(onFailed);
    }, onFailed);
    return () => controller.abort();
  }, [transport, videoId, kind]);
  return used;
}
