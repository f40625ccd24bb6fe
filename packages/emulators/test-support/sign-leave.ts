import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

// Leaves as CloudFront's Developer Guide describes them, written apart from the emulator and from Amazon's signer.

/** A key pair of a key group. */
export interface LeaveKey {
  readonly keyPairId: string;
  readonly privateKey: KeyObject;
  readonly publicPem: string;
}

/** Makes a key pair. */
export function makeLeaveKey(keyPairId: string, kind: 'rsa' | 'ec'): LeaveKey {
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

/** Parameters of a leave without the prefix that cookies have. */
export type LeaveParameters = Readonly<Record<string, string>>;

/** A leave by a canned policy: one address, one end. */
export function cannedLeave(
  key: LeaveKey,
  url: string,
  expires: number | string,
  hash: 'SHA1' | 'SHA256' = 'SHA1',
): LeaveParameters {
  const policy = `{"Statement":[{"Resource":"${url}","Condition":{"DateLessThan":{"AWS:EpochTime":${expires}}}}]}`;
  return { Expires: String(expires), ...signed(key, policy, hash) };
}

/** A leave by a policy of one's own. */
export function customLeave(key: LeaveKey, policy: string, hash: 'SHA1' | 'SHA256' = 'SHA1'): LeaveParameters {
  return { Policy: urlSafe(Buffer.from(policy)), ...signed(key, policy, hash) };
}

/** As a query is appended. */
export function asQuery(leave: LeaveParameters): string {
  return Object.entries(leave)
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

/** As a `Cookie` header. */
export function asCookies(leave: LeaveParameters): string {
  return Object.entries(leave)
    .map(([name, value]) => `CloudFront-${name}=${value}`)
    .join('; ');
}

function signed(key: LeaveKey, policy: string, hash: 'SHA1' | 'SHA256'): LeaveParameters {
  const Signature = urlSafe(sign(hash.toLowerCase(), Buffer.from(policy), key.privateKey));
  return { Signature, 'Key-Pair-Id': key.keyPairId, ...(hash === 'SHA256' && { 'Hash-Algorithm': hash }) };
}

function urlSafe(bytes: Buffer): string {
  return bytes.toString('base64').replaceAll('+', '-').replaceAll('=', '_').replaceAll('/', '~');
}
