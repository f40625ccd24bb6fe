'use client';

export {
  type UsedPlaybackSession,
  type UsePlaybackSessionOptions,
  usePlaybackSession,
} from './use-playback-session.ts';
export { VideoPlayer, type VideoPlayerProps } from './video-player.ts';
