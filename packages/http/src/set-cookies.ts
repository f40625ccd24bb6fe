import type { Playback, SignedCookie } from '@videostorage/core';
import { serialize } from 'hono/utils/cookie';

/** A playback grant as a browser gets it: cookies are set, and no script sees their values. */
export function withoutCookies(playback: Playback): { readonly body: Playback; readonly cookies: readonly string[] } {
  if (playback.access !== 'cookies') return { body: playback, cookies: [] };
  const { cookies = [], ...body } = playback;
  return { body, cookies: cookies.map(toSetCookie) };
}

/** No `Max-Age`: the grant in the value ends by itself, and AWS advises against it. */
function toSetCookie({ name, value, path, domain, sameSite }: SignedCookie): string {
  return serialize(name, value, {
    ...{ path, secure: true, httpOnly: true, sameSite },
    ...(domain !== undefined && { domain }),
  });
}
