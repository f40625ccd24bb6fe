import { policyRefusal, S3Error } from './s3-error.ts';
import { checkCredential, checkToken, equal, hmac, type SigningIdentity, signingKey } from './signature-v4.ts';

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
/** Fields that may be matched exactly only. */
const EXACT_ONLY = new Set([
  'bucket',
  'success_action_status',
  'x-amz-algorithm',
  'x-amz-credential',
  'x-amz-date',
  'x-amz-security-token',
]);

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
  const encoded = fields.get('policy');
  if (encoded === undefined) throw new S3Error(403, 'AccessDenied', 'Access Denied');
  verifyPolicySignature(fields, encoded, identity);
  const { expiration, conditions } = decodePolicy(encoded);
  if (!(Date.parse(expiration) > nowMs)) throw policyRefusal('Policy expired.');
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
  const extra = [...fields.keys()].filter(
    (name) => !covered.has(name) && !UNCOVERED.has(name) && !name.startsWith('x-ignore-'),
  );
  if (extra.length > 0) throw policyRefusal(`Extra input fields: ${extra.join(', ')}`);
  return {
    minBytes: Math.max(0, ...bounds.map((bound) => bound.minBytes)),
    maxBytes: Math.min(Number.MAX_SAFE_INTEGER, ...bounds.map((bound) => bound.maxBytes)),
  };
}

function verifyPolicySignature(fields: PostFields, encoded: string, identity: SigningIdentity): void {
  const get = (name: string) => fields.get(name) ?? '';
  if (get('x-amz-algorithm') !== 'AWS4-HMAC-SHA256') throw new S3Error(403, 'AccessDenied', 'Access Denied');
  const { date } = checkCredential(get('x-amz-credential'), identity);
  checkToken(fields.get('x-amz-security-token'), identity);
  const expected = hmac(signingKey(identity.secretAccessKey, date, identity.region, 's3'), encoded).toString('hex');
  if (!get('x-amz-date').startsWith(date) || !equal(expected, get('x-amz-signature'))) {
    throw new S3Error(
      403,
      'SignatureDoesNotMatch',
      'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
    );
  }
}

function decodePolicy(encoded: string): { readonly expiration: string; readonly conditions: readonly Condition[] } {
  const policy = parseJson(encoded);
  const { expiration, conditions } = (policy ?? {}) as { readonly expiration?: unknown; readonly conditions?: unknown };
  if (typeof expiration !== 'string' || Number.isNaN(Date.parse(expiration)))
    throw invalid('Policy is missing expiration.');
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
    const [min, max] = [Number(first), Number(second)];
    if (!Number.isSafeInteger(min) || !Number.isSafeInteger(max) || min < 0 || max < min)
      throw invalid('The length range is not valid.');
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

function holds(operator: 'eq' | 'starts-with', name: string, expected: string, actual: string | undefined): boolean {
  if (actual === undefined) return false;
  if (operator === 'eq') return actual === expected;
  const values = name === 'content-type' ? actual.split(',') : [actual];
  return values.every((value) => value.startsWith(expected));
}

function parseJson(encoded: string): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(encoded, 'base64')));
  } catch {
    throw invalid('Policy is not base64 of UTF-8 JSON.');
  }
}

function invalid(reason: string): S3Error {
  return new S3Error(400, 'InvalidPolicyDocument', `The content of the form does not meet the conditions: ${reason}`);
}
