import { BlockList, isIPv4 } from 'node:net';

/**
 * Whether a viewer's IPv4 address lies in an address or CIDR range; false for an invalid range. CloudFront's conditions do not
 * support IPv6.
 */
export function matchesAddress(range: string, viewerAddress: string): boolean {
  const match = /^([\d.]+)(?:\/(\d|[12]\d|3[0-2]))?$/.exec(range);
  const [, network = '', prefix = '32'] = match ?? [];
  const address = viewerAddress.replace(/^::ffff:/i, '');
  if (!isIPv4(network) || !isIPv4(address)) return false;
  const list = new BlockList();
  list.addSubnet(network, Number(prefix), 'ipv4');
  return list.check(address, 'ipv4');
}
