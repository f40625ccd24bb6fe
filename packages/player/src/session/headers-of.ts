import type { PlaybackTransportOptions } from './playback-transport.ts';

type Headers = Readonly<Record<string, string>>;

/**
 * The headers as they are at the moment of a request, so that a session keeps working when a token in them is replaced. They may be a
 * method of their owner.
 */
export function headersOf(owner: Pick<PlaybackTransportOptions, 'headers'>): Headers | Promise<Headers> {
  const { headers = {} } = owner;
  return typeof headers === 'function' ? headers.call(owner) : headers;
}
