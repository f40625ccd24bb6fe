import { generateKeyPairSync, type KeyObject, type KeyPairKeyObjectResult } from 'node:crypto';

/** A key as `POST /stream/keys` gives it, and what checks its signatures. */
export interface TestSigningKey {
  readonly id: string;
  /** Base64 of JSON. */
  readonly jwk: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

let ownPair: KeyPairKeyObjectResult | undefined;

/** A throw-away key. All have one pair, whatever their ids: making one takes longer than most tests. */
export function makeSigningKey(id: string): TestSigningKey {
  ownPair ??= generateKeyPairSync('rsa', { modulusLength: 2048 });
  const { privateKey, publicKey } = ownPair;
  const jwk = { ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256', kid: id };
  return { id, jwk: Buffer.from(JSON.stringify(jwk)).toString('base64'), privateKey, publicKey };
}

/** More than an account of one test has keys, so that no two of them are one. */
const SHARED_PAIRS = 4;
const pairs: KeyPairKeyObjectResult[] = [];
let taken = 0;

/** The next of a few pairs that all accounts of a test file share: a fresh one for each would be most of its computing. */
export async function nextKeyPair(): Promise<KeyPairKeyObjectResult> {
  const index = taken++ % SHARED_PAIRS;
  const pair = pairs[index] ?? generateKeyPairSync('rsa', { modulusLength: 2048 });
  pairs[index] = pair;
  return pair;
}
