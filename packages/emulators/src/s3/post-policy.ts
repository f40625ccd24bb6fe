import { policyRefusal, S3Error } from './s3-error.ts';
import {
  ALGORITHM,
  checkCredential,
  checkToken,
  equal,
  hmac,
  parseAmzDate,
  type SigningIdentity,
  signatureDoesNotMatch,
  signingKey,
} from './signing-scope.ts';

/** One rule of a policy. */
type Condition = readonly ['eq' | 'starts-with', string, string] | readonly ['content-length-range', number, number];

/** The form's fields before the file; names in lower case. */
export type PostFields = ReadonlyMap<string, string>;

/** Bounds of the file that the policy allows. */
export interface SizeBounds {
  readonly minBytes: number;
  readonly maxBytes: number;
}

/** Fields that no condition has to cover (Amazon S3 API Reference, "Creating a POST policy"). */
const UNCOVERED = new Set(['x-amz-signature', 'file', 'policy']);
/** Fields that may only be matched exactly. */
const EXACT_ONLY = new Set([
  'bucket',
  'success_action_status',
  'x-amz-algorithm',
  'x-amz-credential',
  'x-amz-date',
  'x-amz-security-token',
]);

/** Fields that sign a form; all of them or none. */
const AUTHENTICATION = ['policy', 'x-amz-algorithm', 'x-amz-credential', 'x-amz-date', 'x-amz-signature'] as const;
/** The only form of `expiration` that is documented: ISO 8601 in UTC. */
const ISO_UTC = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;

/**
 * Verifies signature, expiry, coverage and every condition of a POST form.
 * @throws {S3Error} as S3 would refuse
 */
export function enforcePostPolicy(
  fields: PostFields,
  bucket: string,
  identity: SigningIdentity,
  nowMs: number,
): SizeBounds {
  const encoded = verifyPolicySignature(fields, identity, nowMs);
  const { expiration, conditions } = decodePolicy(encoded);
  if (!(Date.parse(expiration) > nowMs)) throw policyRefusal('Policy expired.');
  const posted = fields.get('bucket');
  if (posted !== undefined && posted !== bucket)
    throw policyRefusal('The bucket of the form is not the one it was sent to.');
  const all = new Map([...fields, ['bucket', bucket]]);
  const bounds: SizeBounds[] = [];
  const covered = new Set<string>();
  for (const condition of conditions) {
    if (condition[0] === 'content-length-range') {
      bounds.push({ minBytes: condition[1], maxBytes: condition[2] });
      continue;
    }
    const [operator, name, expected] = condition;
    covered.add(name);
    if (!holds(operator, name, expected, all.get(name))) {
      throw policyRefusal(`Policy Condition failed: ["${operator}", "$${name}", "${expected}"]`);
    }
  }
  // The bucket is in the URL, not always in the form, but must always be in the policy.
  const extra = [...all.keys()].filter(
    (name) => !covered.has(name) && !UNCOVERED.has(name) && !name.startsWith('x-ignore-'),
  );
  if (extra.length > 0) throw policyRefusal(`Extra input fields: ${extra.join(', ')}`);
  return {
    minBytes: Math.max(0, ...bounds.map((bound) => bound.minBytes)),
    maxBytes: Math.min(Number.MAX_SAFE_INTEGER, ...bounds.map((bound) => bound.maxBytes)),
  };
}

/** Returns the policy as it was sent, since that text is signed. */
function verifyPolicySignature(fields: PostFields, identity: SigningIdentity, nowMs: number): string {
  const missing = AUTHENTICATION.filter((name) => !fields.has(name));
  if (missing.length === AUTHENTICATION.length) throw new S3Error(403, 'AccessDenied', 'Access Denied');
  const [first] = missing;
  if (first !== undefined) {
    throw new S3Error(
      400,
      'InvalidArgument',
      `Bucket POST must contain a field named '${first}'.  If it is specified, please check the order of the fields.`,
      { ArgumentName: first },
    );
  }
  const get = (name: (typeof AUTHENTICATION)[number]) => fields.get(name) ?? '';
  if (get('x-amz-algorithm') !== ALGORITHM)
    throw new S3Error(400, 'InvalidArgument', `X-Amz-Algorithm only supports "${ALGORITHM}"`);
  if (Number.isNaN(parseAmzDate(get('x-amz-date'))))
    throw new S3Error(400, 'InvalidArgument', 'X-Amz-Date must be in the basic format of ISO 8601');
  const { date } = checkCredential(get('x-amz-credential'), identity);
  checkToken(fields.get('x-amz-security-token'), identity, nowMs);
  const encoded = get('policy');
  const expected = hmac(signingKey(identity.secretAccessKey, date, identity.region, 's3'), encoded).toString('hex');
  if (!get('x-amz-date').startsWith(date) || !equal(expected, get('x-amz-signature')))
    throw signatureDoesNotMatch(encoded);
  return encoded;
}

function decodePolicy(encoded: string): { readonly expiration: string; readonly conditions: readonly Condition[] } {
  const policy = parseJson(encoded);
  const { expiration, conditions } = (policy ?? {}) as { readonly expiration?: unknown; readonly conditions?: unknown };
  if (typeof expiration !== 'string' || !ISO_UTC.test(expiration) || Number.isNaN(Date.parse(expiration)))
    throw invalid('Policy is missing expiration, or it is not an instant of ISO 8601 in UTC.');
  if (!Array.isArray(conditions)) throw invalid('Policy is missing conditions.');
  return { expiration, conditions: conditions.flatMap(toConditions) };
}

function toConditions(condition: unknown): readonly Condition[] {
  if (Array.isArray(condition)) return [toListCondition(condition)];
  if (typeof condition !== 'object' || condition === null) throw invalid('A condition is neither list nor object.');
  return Object.entries(condition).map(([name, value]): Condition => {
    if (typeof value !== 'string') throw invalid('A condition is not text.');
    return ['eq', name.toLowerCase(), value];
  });
}

function toListCondition(condition: readonly unknown[]): Condition {
  const [operator, first, second] = condition;
  if (condition.length !== 3) throw invalid('A condition does not have three parts.');
  const word = String(operator).toLowerCase();
  if (word === 'content-length-range') {
    const [min, max] = [toBytes(first), toBytes(second)];
    if (max < min) throw invalid('The length range is not valid.');
    return ['content-length-range', min, max];
  }
  if (
    (word !== 'eq' && word !== 'starts-with') ||
    typeof first !== 'string' ||
    typeof second !== 'string' ||
    !first.startsWith('$')
  ) {
    throw invalid('A condition is not understood.');
  }
  const name = first.slice(1).toLowerCase();
  if (word === 'starts-with' && EXACT_ONLY.has(name)) throw policyRefusal(`${name} does not support starts-with.`);
  return [word, name, second];
}

/** A number, or its digits as text. */
function toBytes(value: unknown): number {
  const bytes = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
  if (typeof bytes !== 'number' || !Number.isSafeInteger(bytes) || bytes < 0)
    throw invalid('The length range is not valid.');
  return bytes;
}

function holds(operator: 'eq' | 'starts-with', name: string, expected: string, actual: string | undefined): boolean {
  if (actual === undefined) return false;
  if (operator === 'eq') return actual === expected;
  const values = name === 'content-type' ? actual.split(',') : [actual];
  return values.every((value) => value.startsWith(expected));
}

function parseJson(encoded: string): unknown {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(encoded, 'base64'));
    // Policies have one escape more than JSON: `\$`.
    return JSON.parse(text.replace(/\\(.)/gs, (pair, escaped: string) => (escaped === '$' ? '$' : pair)));
  } catch {
    throw invalid('Policy is not base64 of UTF-8 JSON.');
  }
}

function invalid(reason: string): S3Error {
  return new S3Error(400, 'InvalidPolicyDocument', `The content of the form does not meet the conditions: ${reason}`);
}
