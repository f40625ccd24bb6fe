/**
 * Whether a host may embed and read. `*.a.com` means all sub-domains but not `a.com`; `example.com` does not mean
 * `www.example.com`; a port counts unless it is the scheme's own; an empty list means everybody.
 */
export function isAllowedOrigin(allowed: readonly string[], origin: string | undefined): boolean {
  if (allowed.length === 0) return true;
  if (origin === undefined || !URL.canParse(origin)) return false;
  const { host, hostname, protocol } = new URL(origin);
  // `URL` omits the default port of the scheme, but a list may name it.
  const ownPort = protocol === 'https:' ? 443 : 80;
  const hosts = host === hostname ? [host, `${host}:${ownPort}`] : [host];
  return allowed.some((entry) => {
    const pattern = entry.toLowerCase();
    return hosts.some((each) => (pattern.startsWith('*.') ? each.endsWith(pattern.slice(1)) : each === pattern));
  });
}
