/**
 * Whether a host may embed and read. `*.a.com` means all sub-domains but not `a.com`; `example.com` does not mean
 * `www.example.com`; a port counts unless it is the scheme's own; an empty list means everybody.
 */
export function isAllowedOrigin(allowed: readonly string[], origin: string | undefined): boolean {
  if (allowed.length === 0) return true;
  if (origin === undefined || !URL.canParse(origin)) return false;
  const { host } = new URL(origin);
  return allowed.some((pattern) =>
    pattern.startsWith('*.') ? host.endsWith(pattern.slice(1).toLowerCase()) : host === pattern.toLowerCase(),
  );
}
