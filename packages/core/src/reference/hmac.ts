/** HMAC-SHA-256 (RFC 2104) by a key that is set up once: the 32 bytes for a message, at once or as a promise. */
export type Hmac = (message: Uint8Array<ArrayBuffer>) => Uint8Array | Promise<Uint8Array>;

/** Sets a key up. The platform's own may be faster than Web Crypto, which answers from a thread of its own. */
export type HmacFactory = (secret: Uint8Array<ArrayBuffer>) => Hmac;

/** HMAC-SHA-256 of Web Crypto, which every platform has. The key is imported with the first message. */
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
