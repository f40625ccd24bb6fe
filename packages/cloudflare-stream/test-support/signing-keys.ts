import { generateKeyPairSync, type KeyObject } from 'node:crypto';

/** A key as `POST /stream/keys` gives it, and what checks its signatures. */
export interface TestSigningKey {
  readonly id: string;
  /** Base64 of JSON. */
  readonly jwk: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

/** A throw-away key. */
export function makeSigningKey(id: string): TestSigningKey {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const jwk = { ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256', kid: id };
  return { id, jwk: Buffer.from(JSON.stringify(jwk)).toString('base64'), privateKey, publicKey };
}
