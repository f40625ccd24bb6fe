import { createHmac, createSecretKey } from 'node:crypto';
import type { HmacFactory } from '@videostorage/core';

/**
 * HMAC-SHA-256 by `node:crypto`: synchronous, whereas Web Crypto uses another thread for each message. A backend may
 * also use it for its own signatures, in addition to those of upload references.
 */
export const nodeHmac: HmacFactory = (secret) => {
  const key = createSecretKey(secret);
  return (message) => createHmac('sha256', key).update(message).digest();
};
