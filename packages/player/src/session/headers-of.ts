import type { PlaybackTransportOptions } from './playback-transport.ts';

type Headers = Readonly<Record<string, string>>;

/** The headers as they are at the moment of a request, so that a session keeps working when a token in them is replaced. */
export function headersOf({ headers = {} }: Pick<PlaybackTransportOptions, 'headers'>): Headers | Promise<Headers> {
  return typeof headers === 'function' ? headers() : headers;
}
