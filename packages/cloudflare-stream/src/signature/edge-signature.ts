import { CompactSign, importJWK } from 'jose';
import type { RsaPrivateJwk, SignPayload } from './token-signature.ts';

/** Signs with jose over Web Crypto, for workers and other edge runtimes. The key is imported once. */
export function createSignPayload(jwk: RsaPrivateJwk, keyId: string): SignPayload {
  const importing = importJWK({ ...jwk, alg: 'RS256', use: 'sig' }, 'RS256');
  // Nobody may be listening yet; the first token tells what is wrong with the key.
  importing.catch(toldByTheFirstToken);
  const header = { alg: 'RS256', kid: keyId };
  const encoder = new TextEncoder();
  return async (payload) => {
    const key = await importing;
    return new CompactSign(encoder.encode(payload)).setProtectedHeader(header).sign(key);
  };
}

function toldByTheFirstToken(): void {}
