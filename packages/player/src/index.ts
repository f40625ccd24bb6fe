export { createPlaybackSession } from './session/create-playback-session.ts';
export type { PlaybackSession, PlaybackSessionOptions } from './session/playback-session.ts';
export {
  createPlaybackTransport,
  type PlaybackTransport,
  type PlaybackTransportOptions,
  type TransportOptions,
} from './session/playback-transport.ts';
