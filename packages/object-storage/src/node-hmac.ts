import { createHmac, createSecretKey } from 'node:crypto';
import type { HmacFactory } from '@videostorage/core';

/**
 * HMAC-SHA-256 of `node:crypto`: at once, where Web Crypto goes through a thread for each message. For signatures of a backend's own,
 * beside those of its references.
 */
export const nodeHmac: HmacFactory = (secret) => {
  const key = createSecretKey(secret);
  return (message) => createHmac('sha256', key).update(message).digest();
};
