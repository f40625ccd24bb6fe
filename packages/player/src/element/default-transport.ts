import { headersOf } from '../session/headers-of.ts';
import {
  createPlaybackTransport,
  type PlaybackTransport,
  type PlaybackTransportOptions,
} from '../session/playback-transport.ts';

/** The part of a player that is read. */
type Player = Pick<Element, 'getAttribute'> & Pick<PlaybackTransportOptions, 'headers'>;

/** Calls the routes of the attributes, with the headers that the player has at the time of a request. */
export function defaultTransport(player: Player): PlaybackTransport {
  const endpoint = player.getAttribute('endpoint') ?? undefined;
  const credentials = player.getAttribute('credentials') === 'include' ? 'include' : 'same-origin';
  return createPlaybackTransport(endpoint, { credentials, headers: () => headersOf(player) });
}
