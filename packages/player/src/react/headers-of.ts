import type { PlaybackTransportOptions } from '../session/playback-transport.ts';

type Headers = Readonly<Record<string, string>>;

/** The headers of a rendering at the moment of a request: a component may get others without asking for its video anew. */
export function headersOf({ headers = {} }: Pick<PlaybackTransportOptions, 'headers'>): Headers | Promise<Headers> {
  return typeof headers === 'function' ? headers() : headers;
}
