/** HMAC-SHA-256 (RFC 2104) with one key: returns the 32 bytes for a message, or a promise of them. */
export type Hmac = (message: Uint8Array<ArrayBuffer>) => Uint8Array | Promise<Uint8Array>;

/**
 * Creates the HMAC of a key. Pass your own where the platform has a faster one than Web Crypto, which uses another
 * thread.
 */
export type HmacFactory = (secret: Uint8Array<ArrayBuffer>) => Hmac;

/** HMAC-SHA-256 by Web Crypto, which every platform has. The key is imported for the first message. */
export const webCryptoHmac: HmacFactory = (secret) => {
  let key: ReturnType<typeof importKey> | undefined;
  return async (message) => {
    key ??= importKey(secret);
    return new Uint8Array(await crypto.subtle.sign('HMAC', await key, message));
  };
};

function importKey(secret: Uint8Array<ArrayBuffer>) {
  return crypto.subtle.importKey('raw', secret, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
}
