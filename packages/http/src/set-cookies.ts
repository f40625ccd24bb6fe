import type { Playback, SignedCookie } from '@videostorage/core';
import { serialize } from 'hono/utils/cookie';

/** A playback grant as a browser gets it: its cookies are in `Set-Cookie`, so that no script sees their values. */
export function withoutCookies(playback: Playback): { readonly body: Playback; readonly cookies: readonly string[] } {
  if (playback.access !== 'cookies') return { body: playback, cookies: [] };
  const { cookies = [], ...body } = playback;
  return { body, cookies: cookies.map(toSetCookie) };
}

/** No `Max-Age`: the signed value contains its own expiry, and AWS advises against `Max-Age`. */
function toSetCookie({ name, value, path, domain, sameSite }: SignedCookie): string {
  return serialize(name, value, {
    ...{ path, secure: true, httpOnly: true, sameSite },
    ...(domain !== undefined && { domain }),
  });
}
