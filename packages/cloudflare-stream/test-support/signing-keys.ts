import { generateKeyPairSync, type KeyObject, type KeyPairKeyObjectResult } from 'node:crypto';

/** A key as `POST /stream/keys` returns it, and the public key that verifies its signatures. */
export interface TestSigningKey {
  readonly id: string;
  /** Base64 of JSON. */
  readonly jwk: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

let ownPair: KeyPairKeyObjectResult | undefined;

/** A key for one test. All have the same pair, whatever their ids: generating one takes longer than most tests. */
export function makeSigningKey(id: string): TestSigningKey {
  ownPair ??= generateKeyPairSync('rsa', { modulusLength: 2048 });
  const { privateKey, publicKey } = ownPair;
  const jwk = { ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256', kid: id };
  return { id, jwk: Buffer.from(JSON.stringify(jwk)).toString('base64'), privateKey, publicKey };
}

/** More pairs than the account of a test has keys, so that no two of its keys share one. */
const SHARED_PAIRS = 4;
const pairs: KeyPairKeyObjectResult[] = [];
let taken = 0;

/** The next of a few pairs that all accounts of a test file share: generating one for each would take most of the time. */
export async function nextKeyPair(): Promise<KeyPairKeyObjectResult> {
  const index = taken++ % SHARED_PAIRS;
  const pair = pairs[index] ?? generateKeyPairSync('rsa', { modulusLength: 2048 });
  pairs[index] = pair;
  return pair;
}
