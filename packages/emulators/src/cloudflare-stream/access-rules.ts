import { BlockList, isIP, isIPv6 } from 'node:net';
import { isObject } from './json-body.ts';

const MAX_RULES = 5;

/** The viewer that rules are compared with. */
export interface Viewer {
  /** Address of the network. */
  readonly ip: string;
  /** ISO 3166-1 alpha-2. */
  readonly country: string;
}

/**
 * Whether the first rule that matches allows the viewer; without a match every viewer is allowed. Undefined: the rules are
 * malformed.
 */
export function isAllowedByRules(rules: unknown, viewer: Viewer): boolean | undefined {
  if (rules === undefined) return true;
  if (!Array.isArray(rules) || rules.length > MAX_RULES) return undefined;
  // All are read before the first one decides, so that a malformed one after it is found too.
  const outcomes = rules.map((rule) => outcomeOf(rule, viewer));
  if (outcomes.includes('malformed')) return undefined;
  return outcomes.find((outcome) => outcome !== 'no-match') !== 'block';
}

function outcomeOf(rule: unknown, viewer: Viewer): 'allow' | 'block' | 'no-match' | 'malformed' {
  if (!isObject(rule)) return 'malformed';
  const action = rule['action'];
  const matches = ruleMatches(rule, viewer);
  if (matches === undefined || (action !== 'allow' && action !== 'block')) return 'malformed';
  return matches ? action : 'no-match';
}

function ruleMatches(rule: Readonly<Record<string, unknown>>, viewer: Viewer): boolean | undefined {
  switch (rule['type']) {
    case 'any':
      return true;
    case 'ip.geoip.country':
      return textsOf(rule['country'])?.includes(viewer.country);
    case 'ip.src':
      return addressesMatch(textsOf(rule['ip'])?.map(parseRange), viewer.ip);
    default:
      return undefined;
  }
}

function textsOf(value: unknown): readonly string[] | undefined {
  return Array.isArray(value) && value.every((text) => typeof text === 'string') ? value : undefined;
}

interface AddressRange {
  readonly address: string;
  readonly bits: number;
  readonly family: 'ipv4' | 'ipv6';
}

function parseRange(text: string): AddressRange | undefined {
  const [, address = '', suffix] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const version = isIP(address);
  const maxBits = version === 6 ? 128 : 32;
  const bits = Number(suffix ?? maxBits);
  if (version === 0 || bits > maxBits) return undefined;
  return { address, bits, family: version === 6 ? 'ipv6' : 'ipv4' };
}

function addressesMatch(ranges: readonly (AddressRange | undefined)[] | undefined, ip: string): boolean | undefined {
  if (ranges === undefined) return undefined;
  const list = new BlockList();
  for (const range of ranges) {
    if (range === undefined) return undefined;
    list.addSubnet(range.address, range.bits, range.family);
  }
  return isIP(ip) !== 0 && list.check(ip, isIPv6(ip) ? 'ipv6' : 'ipv4');
}
