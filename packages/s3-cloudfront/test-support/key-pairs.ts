import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { rsaPem } from './written-out-signatures.ts';

/** A throw-away key pair in the forms that tests need. */
export interface TestKeyPair {
  readonly keyPairId: string;
  readonly pem: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

/** RSA of 2 048 bits, as CloudFront requires; not generated, since that takes longer than any test here. */
export const rsaKeyPair: TestKeyPair = toTestKeyPair('K2JCJMDEHXQW5F', {
  privateKey: createPrivateKey(rsaPem),
  publicKey: createPublicKey(rsaPem),
});
/** ECDSA P-256. */
export const ecKeyPair: TestKeyPair = toTestKeyPair('KECP256', generateKeyPairSync('ec', { namedCurve: 'P-256' }));

function toTestKeyPair(keyPairId: string, pair: { privateKey: KeyObject; publicKey: KeyObject }): TestKeyPair {
  const pem = pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  return { keyPairId, pem, privateKey: createPrivateKey(pem), publicKey: pair.publicKey };
}
