import { type CallOptions, Secret } from '@videostorage/core';
import { z } from 'zod';
import type { CloudflareApi } from './cloudflare-api.ts';
import { readResult } from './envelope.ts';

/** A new key; its secret is told this once. */
export interface NewSigningKey {
  /** For `signingKeys[].id`. */
  readonly id: string;
  /** For `signingKeys[].jwk`. */
  readonly jwk: Secret;
}

/** A key that exists. */
export interface SigningKeyInfo {
  /** Its id. */
  readonly id: string;
  /** When it was made, RFC 3339. */
  readonly created: string;
}

const newKeySchema = z.object({ id: z.string().min(1), jwk: z.string().min(1) });
const keysSchema = z.array(z.object({ id: z.string(), created: z.string() }));

/** Keys that sign tokens: every key signs for every video; deleting one ends its tokens. At most 1 000. */
export class StreamSigningKeys {
  readonly #api: CloudflareApi;

  constructor(api: CloudflareApi) {
    this.#api = api;
  }

  /** Makes a key. Rotate by overlap: put the new one first, delete the old one a day later. @throws {BackendError} */
  async create(options: CallOptions = {}): Promise<NewSigningKey> {
    const call = { method: 'POST', path: '/keys', signal: options.signal } as const;
    const { id, jwk } = readResult(newKeySchema, await this.#api.require(call));
    return { id, jwk: new Secret(jwk) };
  }

  /** All keys. @throws {BackendError} */
  async list(options: CallOptions = {}): Promise<readonly SigningKeyInfo[]> {
    const result = await this.#api.require({ method: 'GET', path: '/keys', signal: options.signal });
    return readResult(keysSchema, result);
  }

  /** Ends a key and its tokens; missing is success. @throws {BackendError} */
  async delete(keyId: string, options: CallOptions = {}): Promise<void> {
    await this.#api.call({ method: 'DELETE', path: `/keys/${encodeURIComponent(keyId)}`, signal: options.signal });
  }
}
