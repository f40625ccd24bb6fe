import { refuseCursor, type Secret } from '@videostorage/core';
import { fromBase64Url, toBase64Url } from './base64-url.ts';

const PURPOSE = 'videostorage/cursor/v1';
/** The nonce size of NIST SP 800-38D; random nonces suffice for 2³² cursors of a secret. */
const NONCE_BYTES = 12;
/** No cursor of this service is longer. */
const MAX_LENGTH = 2048;

/**
 * Encrypts the cursors that the service issues (AES-256-GCM): those of the records name the last record of a page, which may
 * be one that the actor may not read. A cursor of one list is refused by another.
 */
export class CursorSeal {
  readonly #secrets: readonly Secret[];
  #keys: readonly ReturnType<typeof importKey>[] | undefined;

  /** The first secret encrypts, all decrypt; without a secret cursors stay as they are. */
  constructor(secrets: readonly Secret[]) {
    this.#secrets = secrets;
  }

  /** The cursor as an actor gets it. */
  async seal(list: string, cursor: string): Promise<string> {
    const key = await this.#keyed()[0];
    if (key === undefined) return cursor;
    const nonce = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
    const sealed = await crypto.subtle.encrypt(algorithm(list, nonce), key, new TextEncoder().encode(cursor));
    return toBase64Url(Uint8Array.from([...nonce, ...new Uint8Array(sealed)]));
  }

  /** The cursor as the records gave it. @throws {ValidationError} not sealed here for this list */
  async open(list: string, cursor: string | undefined): Promise<string | undefined> {
    if (cursor === undefined || this.#secrets.length === 0) return cursor;
    const bytes = cursor.length > MAX_LENGTH ? undefined : fromBase64Url(cursor);
    for (const key of bytes === undefined ? [] : this.#keyed()) {
      const opened = await decrypted(await key, list, bytes);
      if (opened !== undefined) return opened;
    }
    refuseCursor();
  }

  #keyed(): readonly ReturnType<typeof importKey>[] {
    this.#keys ??= this.#secrets.map(importKey);
    return this.#keys;
  }
}

async function importKey(secret: Secret) {
  const seed = Uint8Array.from([...new TextEncoder().encode(PURPOSE), 0, ...secret.reveal()]);
  const digest = await crypto.subtle.digest('SHA-256', seed);
  return crypto.subtle.importKey('raw', digest, 'AES-GCM', false, ['encrypt', 'decrypt']);
}

function algorithm(list: string, nonce: Uint8Array<ArrayBuffer>) {
  return { name: 'AES-GCM', iv: nonce, additionalData: new TextEncoder().encode(list) };
}

async function decrypted(
  key: Awaited<ReturnType<typeof importKey>>,
  list: string,
  bytes: Uint8Array<ArrayBuffer> = new Uint8Array(),
): Promise<string | undefined> {
  const [nonce, sealed] = [bytes.subarray(0, NONCE_BYTES), bytes.subarray(NONCE_BYTES)];
  if (nonce.length < NONCE_BYTES) return undefined;
  try {
    return new TextDecoder().decode(await crypto.subtle.decrypt(algorithm(list, nonce), key, sealed));
  } catch (error) {
    // Changed, too short, or sealed with another key.
    if (error instanceof DOMException && error.name === 'OperationError') return undefined;
    throw error;
  }
}
