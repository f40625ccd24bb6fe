import ipaddr from 'ipaddr.js';

const LOCAL_NAMES = /(?:^|\.)(?:localhost|local|internal|intranet|home|lan|corp|test|invalid|example)$/i;
const MAX_LENGTH = 2048;
const GLOBAL_UNICAST = ipaddr.IPv6.parse('2000::');

/**
 * Whether a URL leads, as far as its text shows, to a public server: https, port 443, no credentials, a host name with a dot or
 * a unicast address. Cloudflare resolves the name itself, so what it resolves to is Cloudflare's to check.
 */
export function isPublicUrl(text: string): boolean {
  if (text.length > MAX_LENGTH || !URL.canParse(text)) return false;
  const { protocol, username, password, port, hostname } = new URL(text);
  if (protocol !== 'https:' || username !== '' || password !== '' || port !== '') return false;
  const address = hostname.replace(/[[\]]/g, '').replace(/\.$/, '');
  if (ipaddr.isValid(address)) return isUnicast(address);
  // Of two dots at the end one is still there: that is no name, and hides an address.
  return address.includes('.') && !address.endsWith('.') && !LOCAL_NAMES.test(address);
}

function isUnicast(text: string): boolean {
  const address = ipaddr.process(text);
  if (address.range() !== 'unicast') return false;
  // All global unicast addresses of IPv6 lie in 2000::/3 (RFC 4291); the rest hides old ways to write IPv4.
  return !(address instanceof ipaddr.IPv6) || address.match(GLOBAL_UNICAST, 3);
}
