import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { ConfigurationError } from '@videostorage/core';
import type { ParsedCloudFrontOptions } from './parsed-options.ts';

/** Hash of CloudFront signatures; SHA-256 is told by `Hash-Algorithm`, SHA-1 is the default without it. */
export type HashAlgorithm = 'SHA1' | 'SHA256';

/** A key pair of CloudFront, parsed once: a key parsed anew for each signature halves the speed. */
export interface SigningKey {
  /** Id of the public key, for instance `K2JCJMDEHXQW5F`. */
  readonly keyPairId: string;
  /** Shows nothing in logs and inspection. */
  readonly privateKey: KeyObject;
}

/**
 * Parses all pairs, so that a wrong one is found at construction and not at the rotation; the first is the one that signs.
 * @throws {ConfigurationError}
 */
export function parseSigningKeys(keyPairs: ParsedCloudFrontOptions['keyPairs']): SigningKey {
  const [first] = keyPairs.map((pair) => parseSigningKey(pair.keyPairId, pair.privateKey, pair.passphrase));
  if (first === undefined) throw new ConfigurationError('Give CloudFront at least one key pair.');
  return first;
}

/**
 * Parses a PEM, also one whose newlines are literal `\n`, and signs once to be sure.
 * RSA of 2 048 bits or ECDSA P-256 (CloudFront Developer Guide, "Create key pairs for your signers").
 * @throws {ConfigurationError}
 */
export function parseSigningKey(keyPairId: string, pem: string, passphrase?: string): SigningKey {
  const privateKey = toPrivateKey(pem, passphrase);
  const { modulusLength, namedCurve } = privateKey.asymmetricKeyDetails ?? {};
  const isRsa = privateKey.asymmetricKeyType === 'rsa' && modulusLength === 2048;
  const isP256 = privateKey.asymmetricKeyType === 'ec' && namedCurve === 'prime256v1';
  if (!isRsa && !isP256) {
    throw new ConfigurationError('Give CloudFront an RSA key of 2048 bits or an ECDSA P-256 key; it takes no other.');
  }
  const probe = Buffer.from('videostorage');
  if (!verify('sha256', probe, createPublicKey(privateKey), sign('sha256', probe, privateKey))) {
    throw new ConfigurationError('The CloudFront private key does not sign; please create a new key pair.');
  }
  return { keyPairId, privateKey };
}

/** A signature as CloudFront wants it in a query or cookie: base64 with `+ = /` as `- _ ~`. */
export function signPolicy(policy: string, key: SigningKey, hashAlgorithm: HashAlgorithm): string {
  return toCloudFrontBase64(sign(hashAlgorithm === 'SHA1' ? 'sha1' : 'sha256', Buffer.from(policy), key.privateKey));
}

/** Base64 with the three characters replaced that a URL must not have. */
export function toCloudFrontBase64(bytes: Buffer): string {
  return bytes.toString('base64').replaceAll('+', '-').replaceAll('=', '_').replaceAll('/', '~');
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
