import ipaddr from 'ipaddr.js';

const LOCAL_NAMES = /(?:^|\.)(?:localhost|local|internal|intranet|home|lan|corp|test|invalid|example)$/i;
const MAX_LENGTH = 2048;
const GLOBAL_UNICAST = ipaddr.IPv6.parse('2000::');

/**
 * Whether a URL leads, as far as its text shows, to a public server: https, port 443, no credentials, a host name with a dot or
 * a unicast address. Cloudflare resolves the name itself, so only Cloudflare can check the address.
 */
export function isPublicUrl(text: string): boolean {
  if (text.length > MAX_LENGTH || !URL.canParse(text)) return false;
  const { protocol, username, password, port, hostname } = new URL(text);
  if (protocol !== 'https:' || username !== '' || password !== '' || port !== '') return false;
  const address = hostname.replace(/[[\]]/g, '').replace(/\.$/, '');
  if (ipaddr.isValid(address)) return isUnicast(address);
  // A second dot at the end is still there: such a text is not a host name, and could hide an address.
  return address.includes('.') && !address.endsWith('.') && !LOCAL_NAMES.test(address);
}

function isUnicast(text: string): boolean {
  const address = ipaddr.process(text);
  if (address.range() !== 'unicast') return false;
  // All global unicast addresses of IPv6 lie in 2000::/3 (RFC 4291); other addresses may be old spellings of IPv4 addresses.
  return !(address instanceof ipaddr.IPv6) || address.match(GLOBAL_UNICAST, 3);
}
