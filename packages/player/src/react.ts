export {
  type UsedPlaybackSession,
  type UsePlaybackSessionOptions,
  usePlaybackSession,
} from './react/use-playback-session.ts';
export { VideoPlayer, type VideoPlayerProps } from './react/video-player.ts';
