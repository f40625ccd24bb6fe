import { type KeyObject, verify } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { matchesAddress } from './address-range.ts';
import { matchesResource } from './resource-pattern.ts';

/** A refusal as CloudFront says it to viewers. */
export class ViewerRefusal extends Error {
  /** `<Code>` of the XML body. */
  readonly code: 'AccessDenied' | 'MissingKey' | 'MalformedPolicy' | 'UnknownKey' | 'URITooLong';
  /** HTTP status. */
  readonly status: 403 | 414;

  constructor(code: ViewerRefusal['code'], message: string, status: ViewerRefusal['status'] = 403) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

/** The parameters of one leave, from query or cookies. */
interface Leave {
  readonly keyPairId: string | undefined;
  readonly signature: string | undefined;
  readonly policy: string | undefined;
  readonly expires: string | undefined;
  readonly hashAlgorithm: string | undefined;
}

/** Query names that are CloudFront's own; stripped before cache and origin. */
const RESERVED = ['Expires', 'Policy', 'Signature', 'Key-Pair-Id', 'Hash-Algorithm'];

/** Longest address that CloudFront takes. */
const MAX_URL_BYTES = 8192;

/** Who asks, and by which keys leaves are judged. */
export interface ViewerCheck {
  /** `http://host:port` by which the viewer asks. */
  readonly origin: string;
  /** Public keys by key pair id. */
  readonly keys: ReadonlyMap<string, KeyObject>;
  readonly viewerAddress: string;
  readonly nowMs: number;
}

/**
 * Verifies a viewer's leave by the rules that AWS has written down (CloudFront Developer Guide, "Serve private content"):
 * URL parameters win over cookies; canned policies hold for exactly this URL; times are checked when the request starts.
 * Gives the path that goes on to cache and origin.
 * @throws {ViewerRefusal}
 */
export function verifyViewer(request: IncomingMessage, check: ViewerCheck): string {
  const target = request.url ?? '/';
  if (target.length > MAX_URL_BYTES) throw new ViewerRefusal('URITooLong', 'The address is too long', 414);
  const { path, kept, taken } = splitTarget(target);
  const cookies = parseCookies(request.headers.cookie);
  const byUrl = ['Signature', 'Policy', 'Expires', 'Key-Pair-Id'].some((name) => taken.has(name));
  const get = byUrl ? (name: string) => taken.get(name) : (name: string) => cookies.get(`CloudFront-${name}`);
  const leave: Leave = {
    keyPairId: get('Key-Pair-Id'),
    signature: get('Signature'),
    policy: get('Policy'),
    expires: get('Expires'),
    hashAlgorithm: get('Hash-Algorithm'),
  };
  verifyLeave(leave, `${check.origin}${kept}`, check);
  return path;
}

function verifyLeave(leave: Leave, url: string, { keys, viewerAddress, nowMs }: ViewerCheck): void {
  if (leave.keyPairId === undefined || leave.signature === undefined) {
    throw new ViewerRefusal('MissingKey', 'Missing Key-Pair-Id query parameter or cookie value');
  }
  const key = keys.get(leave.keyPairId);
  if (key === undefined) throw new ViewerRefusal('UnknownKey', 'Unknown Key');
  const text =
    leave.policy === undefined
      ? `{"Statement":[{"Resource":"${url}","Condition":{"DateLessThan":{"AWS:EpochTime":${leave.expires}}}}]}`
      : fromCloudFrontBase64(leave.policy).toString('utf8');
  const hash = leave.hashAlgorithm === undefined || leave.hashAlgorithm === 'SHA1' ? 'sha1' : 'sha256';
  if (hash === 'sha256' && leave.hashAlgorithm !== 'SHA256') throw denied();
  if (!verify(hash, Buffer.from(text), key, fromCloudFrontBase64(leave.signature))) throw denied();
  checkPolicy(text, url, viewerAddress, nowMs / 1000);
}

function checkPolicy(text: string, url: string, viewerAddress: string, nowSeconds: number): void {
  const statement = onlyStatement(text);
  const condition = record(statement['Condition']);
  const before = record(condition['DateLessThan'])['AWS:EpochTime'];
  const after = record(condition['DateGreaterThan'])['AWS:EpochTime'];
  const range = record(condition['IpAddress'])['AWS:SourceIp'];
  if (typeof before !== 'number') throw new ViewerRefusal('MalformedPolicy', 'Malformed Policy');
  const resource = statement['Resource'];
  const opens = resource === undefined || (typeof resource === 'string' && matchesResource(resource, url));
  const begun = after === undefined || (typeof after === 'number' && nowSeconds > after);
  const isHere = range === undefined || (typeof range === 'string' && matchesAddress(range, viewerAddress));
  if (!opens || !begun || !isHere || nowSeconds >= before) throw denied();
}

function onlyStatement(text: string): Record<string, unknown> {
  const statements = record(parseJson(text))['Statement'];
  if (!Array.isArray(statements) || statements.length !== 1)
    throw new ViewerRefusal('MalformedPolicy', 'Malformed Policy');
  return record(statements[0]);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ViewerRefusal('MalformedPolicy', 'Malformed Policy');
  }
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

/** The target without CloudFront's own parameters, which are `taken` out of it. */
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

function fromCloudFrontBase64(text: string): Buffer {
  return Buffer.from(text.replaceAll('-', '+').replaceAll('_', '=').replaceAll('~', '/'), 'base64');
}

function denied(): ViewerRefusal {
  return new ViewerRefusal('AccessDenied', 'Access denied');
}
