/** Schemes for which the URL parser returns an origin. */
const KNOWN = /^(?:https?|wss?|ftp|file|blob):/;
/**
 * Origins of pages inside apps, for instance `capacitor://localhost`: for these the URL parser returns `null`. Takes linear
 * time.
 */
const OF_APP = /^[a-z][a-z0-9+.-]{0,63}:\/\/[a-z0-9.-]{1,253}(?::[1-9]\d{0,4})?$/;

/** Whether a text is an origin as browsers and the web views of apps send it in the `Origin` header; `null` is not one. */
export function isOrigin(text: string): boolean {
  // Patterns are not supported; the URL parser would take them for hosts.
  if (text.includes('*') || !URL.canParse(text)) return false;
  return KNOWN.test(text) ? new URL(text).origin === text : OF_APP.test(text);
}
