import { z } from 'zod';

/** Matches all other viewers; put it last, after the rules that allow. */
export interface AnyAccessRule {
  /** Distinguishes the kinds of rule. */
  readonly type: 'any';
  /** What happens to a viewer who matches. */
  readonly action: 'allow' | 'block';
}

/** Matches viewers from these countries. */
export interface CountryAccessRule {
  /** Distinguishes the kinds of rule. */
  readonly type: 'ip.geoip.country';
  /** What happens to a viewer who matches. */
  readonly action: 'allow' | 'block';
  /** ISO 3166-1 alpha-2, for instance `GB`. */
  readonly country: readonly string[];
}

/** Matches viewers from these addresses. */
export interface AddressAccessRule {
  /** Distinguishes the kinds of rule. */
  readonly type: 'ip.src';
  /** What happens to a viewer who matches. */
  readonly action: 'allow' | 'block';
  /** IPv4 and IPv6 addresses or ranges. Name both kinds, since a viewer may connect by either. */
  readonly ip: readonly string[];
}

/**
 * One access rule of a token: the first rule that matches decides, and a viewer who matches none may play (Cloudflare
 * Stream, "Secure your Stream").
 */
export type AccessRule = AnyAccessRule | CountryAccessRule | AddressAccessRule;

const action = z.enum(['allow', 'block'], { error: 'must be allow or block' });
/** Without leading zeros, fewer parts and zones: programs read those differently. */
const address = z.union([z.ipv4(), z.cidrv4(), z.ipv6(), z.cidrv6()], {
  error: 'must be addresses or ranges such as 93.184.216.0/24',
});
const countries = z.array(z.string().regex(/^[A-Z]{2}$/, 'must be two capital letters, for instance GB'));

/** A rule from outside, checked. */
const accessRuleSchema: z.ZodType<AccessRule> = z.discriminatedUnion(
  'type',
  [
    z.strictObject({ type: z.literal('any'), action }),
    z.strictObject({ type: z.literal('ip.geoip.country'), action, country: countries.min(1).max(250) }),
    z.strictObject({ type: z.literal('ip.src'), action, ip: z.array(address).min(1).max(100) }),
  ],
  { error: 'must be of type any, ip.geoip.country or ip.src' },
);

/** The most rules of a token (Cloudflare Stream, "Secure your Stream"). */
const MAX_ACCESS_RULES = 5;

/** Rules from outside, checked, also for the two mistakes that allow every viewer. */
export const accessRulesSchema: z.ZodType<readonly AccessRule[]> = z
  .array(accessRuleSchema)
  .max(MAX_ACCESS_RULES, `must be at most ${MAX_ACCESS_RULES} rules`)
  .refine((rules) => !rules.slice(0, -1).some(isAny), {
    error: 'must have a rule of type any at its end only: it matches every viewer, so the rules after it never apply',
  })
  .refine((rules) => rules.slice(-1).every((rule) => rule.action !== 'allow' || isAny(rule)), {
    error:
      "must end with { type: 'any', action: 'block' } when it names who is allowed: a viewer who matches no rule is allowed",
  });

/**
 * Rules under which only those viewers play whom both lists allow: blocks come first, since the first match decides. Undefined
 * when that cannot be written, because both lists name allowed viewers, or there are too many rules.
 */
export function combineAccessRules(
  one: readonly AccessRule[],
  other: readonly AccessRule[],
): readonly AccessRule[] | undefined {
  const [blocks, rest] = namesAllowed(one) ? [other, one] : [one, other];
  if (namesAllowed(blocks)) return undefined;
  // A last rule that allows all others has the same effect as no rule.
  const combined = [...blocks.filter((rule) => !isAny(rule)), ...rest];
  return combined.length > MAX_ACCESS_RULES ? undefined : combined;
}

/** Only viewers from one range. */
export function onlyFrom(ipRange: string): readonly AccessRule[] {
  return [
    { type: 'ip.src', action: 'allow', ip: [ipRange] },
    { type: 'any', action: 'block' },
  ];
}

/** Whether a list names the viewers who are allowed, so that all others are not. */
function namesAllowed(rules: readonly AccessRule[]): boolean {
  return rules.some((rule) => rule.action === (isAny(rule) ? 'block' : 'allow'));
}

function isAny(rule: AccessRule): boolean {
  return rule.type === 'any';
}
