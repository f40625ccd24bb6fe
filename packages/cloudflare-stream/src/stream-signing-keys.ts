import { type CallOptions, Secret, ValidationError } from '@videostorage/core';
import { z } from 'zod';
import type { CloudflareApi } from './cloudflare-api.ts';
import { readResult } from './envelope.ts';
import type { RunCall } from './run-call.ts';

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
  readonly #run: RunCall;

  constructor(api: CloudflareApi, run: RunCall) {
    this.#api = api;
    this.#run = run;
  }

  /**
   * Makes a key. Rotate by overlap: put the new one first, delete the old one a day later. Not repeated when its outcome is
   * unknown: `list` shows what became of it. @throws {BackendError}
   */
  async create(options: CallOptions = {}): Promise<NewSigningKey> {
    const create = async (signal: AbortSignal) => {
      const { id, jwk } = readResult(newKeySchema, await this.#api.require({ method: 'POST', path: '/keys', signal }));
      return { id, jwk: new Secret(jwk) };
    };
    return this.#run({ name: 'signingKeys.create', class: 'if-not-sent' }, create, options);
  }

  /** All keys. @throws {BackendError} */
  async list(options: CallOptions = {}): Promise<readonly SigningKeyInfo[]> {
    const list = async (signal: AbortSignal) =>
      readResult(keysSchema, await this.#api.require({ method: 'GET', path: '/keys', signal }));
    return this.#run({ name: 'signingKeys.list', class: 'always' }, list, options);
  }

  /** Ends a key and its tokens; missing is success. @throws {ValidationError} @throws {BackendError} */
  async delete(keyId: string, options: CallOptions = {}): Promise<void> {
    if (!/^[A-Za-z0-9_-]{1,64}$/.test(keyId)) {
      throw new ValidationError([
        { path: 'keyId', code: 'OPTION_INVALID', message: 'That is no id of a signing key.' },
      ]);
    }
    const call = { method: 'DELETE', path: `/keys/${keyId}` } as const;
    const remove = async (signal: AbortSignal) => void (await this.#api.call({ ...call, signal }));
    await this.#run({ name: 'signingKeys.delete', class: 'always' }, remove, options);
  }
}
