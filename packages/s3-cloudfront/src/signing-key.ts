import { createPrivateKey, createPublicKey, type KeyObject, verify } from 'node:crypto';
import { ConfigurationError } from '@videostorage/core';
import { type SigningKey, signedCookiesOf } from './cloudfront-signer.ts';
import type { ParsedCloudFrontOptions } from './parsed-options.ts';

/**
 * Parses all pairs, so that a wrong one is reported by the constructor and not at the next key rotation. The first one signs.
 * @throws {ConfigurationError}
 */
export function parseSigningKeys(keyPairs: ParsedCloudFrontOptions['keyPairs']): SigningKey {
  const [first] = keyPairs.map((pair) => parseSigningKey(pair.keyPairId, pair.privateKey, pair.passphrase));
  if (first === undefined) throw new ConfigurationError('Set `cloudFront.keyPairs` to at least one key pair.');
  return first;
}

/**
 * Parses a PEM, also one whose newlines are literal `\n`, and signs once to be sure.
 * RSA of 2 048 bits or ECDSA P-256 (CloudFront Developer Guide, "Create key pairs for your signers"). `sign`: for tests.
 * @throws {ConfigurationError}
 */
export function parseSigningKey(
  keyPairId: string,
  pem: string,
  passphrase?: string,
  sign: typeof signedCookiesOf = signedCookiesOf,
): SigningKey {
  const privateKey = toPrivateKey(pem, passphrase);
  const { modulusLength, namedCurve } = privateKey.asymmetricKeyDetails ?? {};
  const isRsa = privateKey.asymmetricKeyType === 'rsa' && modulusLength === 2048;
  const isP256 = privateKey.asymmetricKeyType === 'ec' && namedCurve === 'prime256v1';
  if (!isRsa && !isP256) {
    throw new ConfigurationError(
      'Set `privateKey` to an RSA key of 2048 bits or an ECDSA P-256 key: CloudFront accepts no other.',
    );
  }
  const key = { keyPairId, privateKey };
  if (!signs(key, sign)) {
    throw new ConfigurationError(
      'The CloudFront private key does not sign: create a new key pair, or install the version of @aws-sdk/cloudfront-signer that this package names.',
    );
  }
  return key;
}

/** Whether a signature of the AWS signer verifies: a version that accepts no `KeyObject` fails here, not for the first viewer. */
function signs(key: SigningKey, sign: typeof signedCookiesOf): boolean {
  const policy = '{"Statement":[]}';
  try {
    const { 'CloudFront-Signature': signature = '' } = Object.fromEntries(sign(policy, key, 'SHA256'));
    const bytes = Buffer.from(fromCloudFrontBase64(signature), 'base64');
    return verify('sha256', Buffer.from(policy), createPublicKey(key.privateKey), bytes);
  } catch {
    // The signer's error may quote the key, so it is not kept.
    return false;
  }
}

/** CloudFront replaces the three characters of base64 that a URL must not have. */
function fromCloudFrontBase64(text: string): string {
  return text.replaceAll('-', '+').replaceAll('_', '=').replaceAll('~', '/');
}

function toPrivateKey(pem: string, passphrase: string | undefined): KeyObject {
  try {
    const key = pem.replaceAll('\\n', '\n');
    return createPrivateKey({ key, format: 'pem', ...(passphrase !== undefined && { passphrase }) });
  } catch {
    // The reason of node:crypto may quote the input, so it is not kept as cause.
    throw new ConfigurationError(
      'Set `privateKey` to the PEM text of the CloudFront private key, from BEGIN to END, newlines kept or written as \\n.',
    );
  }
}
