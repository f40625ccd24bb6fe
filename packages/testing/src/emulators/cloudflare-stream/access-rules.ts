import { BlockList, isIP, isIPv6 } from 'node:net';
import { isObject } from './json-body.ts';

const MAX_RULES = 5;

/** Who looks. */
export interface Viewer {
  /** Address of the network. */
  readonly ip: string;
  /** ISO 3166-1 alpha-2. */
  readonly country: string;
}

/** Whether the first rule that matches allows; without a match everybody may. Undefined: the rules are malformed. */
export function isAllowedByRules(rules: unknown, viewer: Viewer): boolean | undefined {
  if (rules === undefined) return true;
  if (!Array.isArray(rules) || rules.length > MAX_RULES) return undefined;
  for (const rule of rules) {
    const matches = isObject(rule) ? ruleMatches(rule, viewer) : undefined;
    if (matches === undefined || !['allow', 'block'].includes(String(rule.action))) return undefined;
    if (matches) return rule.action === 'allow';
  }
  return true;
}

function ruleMatches(rule: Readonly<Record<string, unknown>>, viewer: Viewer): boolean | undefined {
  switch (rule['type']) {
    case 'any':
      return true;
    case 'ip.geoip.country':
      return textsOf(rule['country'])?.includes(viewer.country);
    case 'ip.src':
      return textsOf(rule['ip'])?.some((range) => contains(range, viewer.ip));
    default:
      return undefined;
  }
}

function textsOf(value: unknown): readonly string[] | undefined {
  return Array.isArray(value) && value.every((text) => typeof text === 'string') ? value : undefined;
}

function contains(range: string, ip: string): boolean {
  const [address = '', bits] = range.split('/');
  if (isIP(address) === 0 || isIP(ip) === 0) return false;
  const family = isIPv6(address) ? 'ipv6' : 'ipv4';
  const list = new BlockList();
  list.addSubnet(address, Number(bits ?? (family === 'ipv6' ? 128 : 32)), family);
  return list.check(ip, isIPv6(ip) ? 'ipv6' : 'ipv4');
}
