import { matchesAddress } from './address-range.ts';
import { matchesResource } from './resource-pattern.ts';
import { denied, malformedPolicy } from './viewer-refusal.ts';

/** The request that a policy is compared with. */
export interface Viewing {
  /** Without CloudFront's own parameters. */
  readonly url: string;
  readonly viewerAddress: string;
  readonly nowSeconds: number;
}

/**
 * The conditions that a policy may have, each with the one key that it compares (CloudFront Developer Guide, "Values that you
 * specify in the policy statement").
 */
const CONDITIONS = { DateLessThan: 'AWS:EpochTime', DateGreaterThan: 'AWS:EpochTime', IpAddress: 'AWS:SourceIp' };

/**
 * Whether a policy whose signature is verified opens a URL to a viewer now. A part that CloudFront does not know (another
 * condition, a second statement, a time that is not a whole second) makes the policy malformed, since otherwise a limit would
 * not be enforced.
 * @throws {ViewerRefusal}
 */
export function checkPolicy(text: string, { url, viewerAddress, nowSeconds }: Viewing): void {
  const policy = members(parseJson(text), ['Statement']);
  const statements = policy['Statement'];
  if (!Array.isArray(statements) || statements.length !== 1) throw malformedPolicy();
  const { Resource: resource, Condition } = members(statements[0], ['Resource', 'Condition']);
  const conditions = members(Condition, Object.keys(CONDITIONS));
  const value = (name: keyof typeof CONDITIONS): unknown => {
    if (!Object.hasOwn(conditions, name)) return undefined;
    const compared = members(conditions[name], [CONDITIONS[name]])[CONDITIONS[name]];
    if (compared === undefined) throw malformedPolicy();
    return compared;
  };
  const [before, after, range] = [value('DateLessThan'), value('DateGreaterThan'), value('IpAddress')];
  if (!isEpoch(before) || (after !== undefined && !isEpoch(after))) throw malformedPolicy();
  const opens = resource === undefined || (typeof resource === 'string' && matchesResource(resource, url));
  const begun = !isEpoch(after) || nowSeconds > after;
  const isHere = range === undefined || (typeof range === 'string' && matchesAddress(range, viewerAddress));
  if (!opens || !begun || !isHere || nowSeconds >= before) throw denied();
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw malformedPolicy();
  }
}

/** The value as an object with no other members than these. */
function members(value: unknown, known: readonly string[]): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw malformedPolicy();
  if (Object.keys(value).some((name) => !known.includes(name))) throw malformedPolicy();
  return { ...value };
}

function isEpoch(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
