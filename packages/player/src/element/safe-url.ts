/** Hosts that are this computer: plain HTTP to them crosses no network. */
const LOOPBACK = /^(localhost|.+\.localhost|127(\.\d{1,3}){3}|\[::1\])$/;
const ABSOLUTE = /^[a-z][a-z0-9+.-]*:/i;
/** A path of the page's own origin; `//host` and `\\host` are another's. */
const OWN_PATH = /^(\/(?![/\\])|\.{1,2}\/|[\w-])/;

/**
 * The URL if it is safe in the page as source, poster, track or frame, otherwise undefined: `https:`, `blob:`, and `http:`
 * to this computer or to the page's own host. Relative ones stay on the page's own origin. Text of users that a host app
 * stores is checked here before it reaches an attribute (T-L2).
 */
export function safeUrl(value: string | null | undefined, page: URL): URL | undefined {
  if (value === null || value === undefined || value === '') return undefined;
  if (!ABSOLUTE.test(value) && !OWN_PATH.test(value)) return undefined;
  if (!URL.canParse(value, page)) return undefined;
  const url = new URL(value, page);
  if (!ABSOLUTE.test(value) && url.origin !== page.origin) return undefined;
  if (url.username !== '' || url.password !== '') return undefined;
  if (url.protocol === 'https:' || url.protocol === 'blob:') return url;
  if (url.protocol !== 'http:') return undefined;
  return LOOPBACK.test(url.hostname) || url.origin === page.origin ? url : undefined;
}

/**
 * A URL for a frame: a page of another origin than the one that frames it, since a sandbox that allows scripts does not
 * confine a page of the same origin.
 */
export function safeFrameUrl(value: string, page: URL): URL | undefined {
  const url = safeUrl(value, page);
  return url === undefined || url.protocol === 'blob:' || url.origin === page.origin ? undefined : url;
}
