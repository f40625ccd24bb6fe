import {
  type CallOptions,
  type CallRunner,
  callOptionSchemas,
  checkCallOptions,
  refuseOption,
  Secret,
} from '@videostorage/core';
import { z } from 'zod';
import type { CloudflareApi } from './cloudflare-api.ts';
import { readResult } from './envelope.ts';

/** A new key; the API returns its secret only once. */
export interface NewSigningKey {
  /** Pass it as `signingKeys[].id`. */
  readonly id: string;
  /**
   * The private key. Pass it as `signingKeys[].jwk`. To store it as text, use `new TextDecoder().decode(jwk.reveal())`,
   * since JSON and logs mask it.
   */
  readonly jwk: Secret;
}

/** An existing key. */
export interface SigningKeyInfo {
  /** Id of the key, for `delete` and for `signingKeys[].id`. */
  readonly id: string;
  /** Creation time, RFC 3339. */
  readonly created: string;
}

const newKeySchema = z.object({ id: z.string().min(1), jwk: z.string().min(1) });
const keysSchema = z.array(z.object({ id: z.string(), created: z.string() }));

/**
 * Manages the keys that sign playback tokens. Every key is valid for all videos of the account; deleting a key
 * invalidates the tokens that it has signed. An account has at most 1 000 keys.
 */
export class StreamSigningKeys {
  readonly #api: CloudflareApi;
  readonly #call: CallRunner;

  /** @internal */
  constructor(api: CloudflareApi, call: CallRunner) {
    this.#api = api;
    this.#call = call;
  }

  /**
   * Creates a key. To rotate, put the new key first and delete the old one a day later. The request is not repeated
   * when its outcome is unknown: `list` shows whether a key was created.
   * @throws {BackendError}
   */
  async create(options: CallOptions = {}): Promise<NewSigningKey> {
    return this.#call('signingKeys.create', options, async (call) => {
      checkCallOptions(options, callOptionSchemas);
      return call.step('if-not-sent', async (signal) => {
        const result = await this.#api.require({ method: 'POST', path: '/keys', signal });
        const { id, jwk } = readResult(newKeySchema, result);
        return { id, jwk: new Secret(jwk) };
      });
    });
  }

  /** All keys. @throws {BackendError} */
  async list(options: CallOptions = {}): Promise<readonly SigningKeyInfo[]> {
    return this.#call('signingKeys.list', options, async (call) => {
      checkCallOptions(options, callOptionSchemas);
      return call.step('always', async (signal) =>
        readResult(keysSchema, await this.#api.require({ method: 'GET', path: '/keys', signal })),
      );
    });
  }

  /** Deletes a key, which invalidates its tokens; succeeds when there is no such key. @throws {ValidationError} @throws {BackendError} */
  async delete(keyId: string, options: CallOptions = {}): Promise<void> {
    await this.#call('signingKeys.delete', options, async (call) => {
      checkCallOptions(options, callOptionSchemas);
      if (!/^[A-Za-z0-9_-]{1,64}$/.test(keyId)) {
        const message = 'The id of a signing key must be 1 to 64 letters, digits, - or _.';
        refuseOption('keyId', message);
      }
      await call.step('always', (signal) => this.#api.call({ method: 'DELETE', path: `/keys/${keyId}`, signal }));
    });
  }
}
