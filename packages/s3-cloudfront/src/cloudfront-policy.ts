import { ConfigurationError } from '@videostorage/core';

/** What a grant allows; times in whole seconds since the epoch. */
export interface PolicyTerms {
  /** URL, or URL with one `*` at its end. */
  readonly resource: string;
  /** The edge refuses from this second on. */
  readonly expiresAtSeconds: number;
  /** The edge refuses before this second. */
  readonly notBeforeSeconds?: number | undefined;
  /** IPv4 address or CIDR; CloudFront conditions do not support IPv6. */
  readonly ipRange?: string | undefined;
}

/** 2100-01-01. Milliseconds passed as seconds lie far beyond it. */
const LATEST_SECONDS = 4_102_444_800;
/** Characters that no signer encodes. */
const PLAIN_PATH = /^(?:\/[A-Za-z0-9_.-]*)*$/;

/** Whether the terms need more than an exact URL and an end, so that the policy itself must travel. */
export function needsCustomPolicy(terms: PolicyTerms): boolean {
  return terms.notBeforeSeconds !== undefined || terms.ipRange !== undefined || terms.resource.endsWith('*');
}

/** A custom policy as compact JSON. */
export function customPolicy(terms: PolicyTerms): string {
  const { resource, expiresAtSeconds, notBeforeSeconds, ipRange } = terms;
  return JSON.stringify({
    Statement: [
      {
        Resource: resource,
        Condition: {
          DateLessThan: { 'AWS:EpochTime': expiresAtSeconds },
          ...(notBeforeSeconds !== undefined && { DateGreaterThan: { 'AWS:EpochTime': notBeforeSeconds } }),
          ...(ipRange !== undefined && { IpAddress: { 'AWS:SourceIp': ipRange } }),
        },
      },
    ],
  });
}

/**
 * Refuses terms that CloudFront or its signer would understand differently: wildcards inside a path, characters that would be
 * encoded, queries (so also URLs that are signed already), fragments, times in the past, milliseconds instead of seconds. They
 * are errors of the program, never of a user.
 * @throws {ConfigurationError}
 */
export function checkPolicyTerms(terms: PolicyTerms, nowSeconds: number): void {
  const { resource, expiresAtSeconds, notBeforeSeconds = 1, ipRange } = terms;
  const exact = resource.endsWith('/*') ? resource.slice(0, -1) : resource;
  if (!URL.canParse(exact)) refuse('The URL must be absolute.');
  const { protocol, origin, pathname } = new URL(exact);
  if (protocol !== 'https:' && protocol !== 'http:') refuse('The URL must begin with https.');
  if (!PLAIN_PATH.test(pathname)) refuse('The path must hold letters, digits and `/ _ . -` alone.');
  if (`${origin}${pathname}` !== exact)
    refuse('The URL must be origin and path alone, in canonical form: with a query it may be signed already.');
  if (ipRange !== undefined && !/^[\d.]{7,15}(\/\d{1,2})?$/.test(ipRange)) refuse('The range must be IPv4.');
  for (const seconds of [expiresAtSeconds, notBeforeSeconds]) {
    if (!Number.isSafeInteger(seconds) || seconds < 1) refuse('Times must be whole seconds since the epoch.');
    if (seconds > LATEST_SECONDS) refuse('Times must be seconds since the epoch, not milliseconds.');
  }
  if (expiresAtSeconds <= nowSeconds) refuse('The end is in the past.');
  if (notBeforeSeconds >= expiresAtSeconds) refuse('The beginning must be before the end.');
}

function refuse(message: string): never {
  throw new ConfigurationError(message);
}
