import ipaddr from 'ipaddr.js';
import { z } from 'zod';

/** Everybody else: stands last behind an allow-list. */
export interface AnyAccessRule {
  /** The discriminant. */
  readonly type: 'any';
  /** What happens to a viewer who matches. */
  readonly action: 'allow' | 'block';
}

/** Viewers from some countries. */
export interface CountryAccessRule {
  /** The discriminant. */
  readonly type: 'ip.geoip.country';
  /** What happens to a viewer who matches. */
  readonly action: 'allow' | 'block';
  /** ISO 3166-1 alpha-2, for instance `GB`. */
  readonly country: readonly string[];
}

/** Viewers from some addresses. */
export interface AddressAccessRule {
  /** The discriminant. */
  readonly type: 'ip.src';
  /** What happens to a viewer who matches. */
  readonly action: 'allow' | 'block';
  /** IPv4 and IPv6 addresses or ranges; give both kinds. */
  readonly ip: readonly string[];
}

/** One rule of a token: the first match wins, no match is allowed (Cloudflare Stream, "Secure your Stream"). */
export type AccessRule = AnyAccessRule | CountryAccessRule | AddressAccessRule;

const action = z.enum(['allow', 'block']);
const address = z.string().refine(isAddressOrRange, 'must be addresses or ranges such as 93.184.216.0/24');

/** A rule from outside, checked. */
export const accessRuleSchema: z.ZodType<AccessRule> = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('any'), action }),
  z.strictObject({
    type: z.literal('ip.geoip.country'),
    action,
    country: z
      .array(z.string().regex(/^[A-Z]{2}$/, 'must be two capital letters'))
      .min(1)
      .max(250),
  }),
  z.strictObject({ type: z.literal('ip.src'), action, ip: z.array(address).min(1).max(100) }),
]);

/** Only viewers from one range, before all other rules. */
export function onlyFrom(ipRange: string): readonly AccessRule[] {
  return [
    { type: 'ip.src', action: 'allow', ip: [ipRange] },
    { type: 'any', action: 'block' },
  ];
}

function isAddressOrRange(text: string): boolean {
  return ipaddr.isValid(text) || ipaddr.isValidCIDR(text);
}
