import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

// Grants as CloudFront's Developer Guide describes them, written independently of the emulator and of Amazon's signer.

/** A key pair of a key group. */
export interface GrantKey {
  readonly keyPairId: string;
  readonly privateKey: KeyObject;
  readonly publicPem: string;
}

/** Makes a key pair. */
export function makeGrantKey(keyPairId: string, kind: 'rsa' | 'ec'): GrantKey {
  const { publicKey, privateKey } =
    kind === 'rsa'
      ? generateKeyPairSync('rsa', { modulusLength: 2048 })
      : generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { keyPairId, privateKey, publicPem: publicKey.export({ type: 'spki', format: 'pem' }).toString() };
}

/** The conditions of a policy; times in seconds since the epoch. */
export interface PolicyTerms {
  readonly before?: unknown;
  readonly after?: unknown;
  readonly sourceIp?: unknown;
}

/** A policy as text. */
export function policyText(resource: string | undefined, { before, after, sourceIp }: PolicyTerms): string {
  const condition = {
    ...(before !== undefined && { DateLessThan: { 'AWS:EpochTime': before } }),
    ...(after !== undefined && { DateGreaterThan: { 'AWS:EpochTime': after } }),
    ...(sourceIp !== undefined && { IpAddress: { 'AWS:SourceIp': sourceIp } }),
  };
  return JSON.stringify({ Statement: [{ Resource: resource, Condition: condition }] });
}

/** Parameters of a grant without the prefix that cookies have. */
export type GrantParameters = Readonly<Record<string, string>>;

/** A grant by a canned policy: one URL, one end. */
export function cannedGrant(
  key: GrantKey,
  url: string,
  expires: number | string,
  hash: 'SHA1' | 'SHA256' = 'SHA1',
): GrantParameters {
  const policy = `{"Statement":[{"Resource":"${url}","Condition":{"DateLessThan":{"AWS:EpochTime":${expires}}}}]}`;
  return { Expires: String(expires), ...signed(key, policy, hash) };
}

/** A grant by a custom policy. */
export function customGrant(key: GrantKey, policy: string, hash: 'SHA1' | 'SHA256' = 'SHA1'): GrantParameters {
  return { Policy: urlSafe(Buffer.from(policy)), ...signed(key, policy, hash) };
}

/** The grant as a query. */
export function asQuery(grant: GrantParameters): string {
  return Object.entries(grant)
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

/** The grant as a `Cookie` header. */
export function asCookies(grant: GrantParameters): string {
  return Object.entries(grant)
    .map(([name, value]) => `CloudFront-${name}=${value}`)
    .join('; ');
}

function signed(key: GrantKey, policy: string, hash: 'SHA1' | 'SHA256'): GrantParameters {
  const Signature = urlSafe(sign(hash.toLowerCase(), Buffer.from(policy), key.privateKey));
  return { Signature, 'Key-Pair-Id': key.keyPairId, ...(hash === 'SHA256' && { 'Hash-Algorithm': hash }) };
}

function urlSafe(bytes: Buffer): string {
  return bytes.toString('base64').replaceAll('+', '-').replaceAll('=', '_').replaceAll('/', '~');
}
