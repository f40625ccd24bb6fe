import { type KeyObject, verify } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { checkPolicy } from './signed-policy.ts';
import { denied, malformedPolicy, ViewerRefusal } from './viewer-refusal.ts';

/** The parameters of one grant, from query or cookies. */
interface Grant {
  readonly keyPairId: string | undefined;
  readonly signature: string | undefined;
  readonly policy: string | undefined;
  readonly expires: string | undefined;
  readonly hashAlgorithm: string | undefined;
}

/** Query names that are CloudFront's own; stripped before cache and origin. */
const RESERVED = ['Expires', 'Policy', 'Signature', 'Key-Pair-Id', 'Hash-Algorithm'];

/** The longest URL that CloudFront accepts. */
const MAX_URL_BYTES = 8192;

/** The viewer, and the keys that verify grants. */
export interface ViewerCheck {
  /** `http://host:port` that the viewer requested. */
  readonly origin: string;
  /** Public keys by key pair id. */
  readonly keys: ReadonlyMap<string, KeyObject>;
  readonly viewerAddress: string;
  readonly nowMs: number;
}

/**
 * Verifies a viewer's grant by the rules that AWS documents (CloudFront Developer Guide, "Serve private content"):
 * URL parameters win over cookies; canned policies are valid for exactly this URL; times are checked when the request starts.
 * Returns the path for cache and origin.
 * @throws {ViewerRefusal}
 */
export function verifyViewer(request: IncomingMessage, check: ViewerCheck): string {
  const target = request.url ?? '/';
  if (target.length > MAX_URL_BYTES) throw new ViewerRefusal('URITooLong', 'The address is too long', 414);
  const { path, kept, taken } = splitTarget(target);
  const cookies = parseCookies(request.headers.cookie);
  const byUrl = ['Signature', 'Policy', 'Expires', 'Key-Pair-Id'].some((name) => taken.has(name));
  const get = byUrl ? (name: string) => taken.get(name) : (name: string) => cookies.get(`CloudFront-${name}`);
  const grant: Grant = {
    keyPairId: get('Key-Pair-Id'),
    signature: get('Signature'),
    policy: get('Policy'),
    expires: get('Expires'),
    hashAlgorithm: get('Hash-Algorithm'),
  };
  verifyGrant(grant, `${check.origin}${kept}`, check);
  return path;
}

function verifyGrant(grant: Grant, url: string, { keys, viewerAddress, nowMs }: ViewerCheck): void {
  if (grant.keyPairId === undefined || grant.signature === undefined) {
    throw new ViewerRefusal('MissingKey', 'Missing Key-Pair-Id query parameter or cookie value');
  }
  const key = keys.get(grant.keyPairId);
  if (key === undefined) throw new ViewerRefusal('InvalidKey', 'Unknown Key');
  if (grant.policy !== undefined && grant.expires !== undefined) throw denied();
  const text = grant.policy === undefined ? cannedPolicy(url, grant.expires) : decodePolicy(grant.policy);
  const signature = fromCloudFrontBase64(grant.signature);
  const hash = grant.hashAlgorithm === undefined || grant.hashAlgorithm === 'SHA1' ? 'sha1' : 'sha256';
  if (hash === 'sha256' && grant.hashAlgorithm !== 'SHA256') throw denied();
  if (signature === undefined || !verify(hash, Buffer.from(text), key, signature)) throw denied();
  checkPolicy(text, { url, viewerAddress, nowSeconds: nowMs / 1000 });
}

function cannedPolicy(url: string, expires: string | undefined): string {
  return `{"Statement":[{"Resource":"${url}","Condition":{"DateLessThan":{"AWS:EpochTime":${expires}}}}]}`;
}

function decodePolicy(encoded: string): string {
  const bytes = fromCloudFrontBase64(encoded);
  if (bytes === undefined) throw malformedPolicy();
  return bytes.toString('utf8');
}

/** Splits the target into the part without CloudFront's own parameters, and those parameters (`taken`). */
function splitTarget(target: string): {
  readonly path: string;
  readonly kept: string;
  readonly taken: ReadonlyMap<string, string>;
} {
  const mark = target.indexOf('?');
  const path = mark < 0 ? target : target.slice(0, mark);
  const pairs = mark < 0 ? [] : target.slice(mark + 1).split('&');
  const taken = new Map<string, string>();
  const others = pairs.filter((pair) => {
    const [name = '', ...value] = pair.split('=');
    if (!RESERVED.includes(name)) return pair !== '';
    // It is not documented which of two would count.
    if (taken.has(name)) throw denied();
    taken.set(name, decodeValue(value.join('=')));
    return false;
  });
  return { path, kept: others.length === 0 ? path : `${path}?${others.join('&')}`, taken };
}

function decodeValue(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    throw denied();
  }
}

function parseCookies(header: string | undefined): ReadonlyMap<string, string> {
  const pairs = (header ?? '').split(';').map((pair) => pair.trim().split('='));
  return new Map(pairs.map(([name = '', ...value]) => [name, value.join('=')]));
}

/** Undefined for what is not base64 in CloudFront's own alphabet: plain `+`, `/` and `=` count as damaged. */
function fromCloudFrontBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text.replaceAll('-', '+').replaceAll('_', '=').replaceAll('~', '/'), 'base64');
  const again = bytes.toString('base64').replaceAll('+', '-').replaceAll('=', '_').replaceAll('/', '~');
  return again === text ? bytes : undefined;
}
