import { headersOf } from '../session/headers-of.ts';
import {
  createPlaybackTransport,
  type PlaybackTransport,
  type PlaybackTransportOptions,
} from '../session/playback-transport.ts';

/** What is read of a player. */
type Player = Pick<Element, 'getAttribute'> & Pick<PlaybackTransportOptions, 'headers'>;

/** Asks the routes that the attributes name, with the headers that the player has at the moment of a request. */
export function defaultTransport(player: Player): PlaybackTransport {
  const endpoint = player.getAttribute('endpoint') ?? undefined;
  const credentials = player.getAttribute('credentials') === 'include' ? 'include' : 'same-origin';
  return createPlaybackTransport(endpoint, { credentials, headers: () => headersOf(player) });
}
