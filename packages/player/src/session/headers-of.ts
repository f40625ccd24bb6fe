import type { PlaybackTransportOptions } from './playback-transport.ts';

type Headers = Readonly<Record<string, string>>;

/** The headers at the moment of a request: whoever has them may replace them, and no other session is needed for that. */
export function headersOf({ headers = {} }: Pick<PlaybackTransportOptions, 'headers'>): Headers | Promise<Headers> {
  return typeof headers === 'function' ? headers() : headers;
}
