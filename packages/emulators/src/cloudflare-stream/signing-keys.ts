import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject, randomBytes, sign } from 'node:crypto';
import { promisify } from 'node:util';
import { badRequest, notFound } from './stream-refusal.ts';

/** A private key with its public key. */
export interface KeyPair {
  /** Signs tokens. */
  readonly privateKey: KeyObject;
  /** Verifies tokens. */
  readonly publicKey: KeyObject;
}

interface SigningKey extends KeyPair {
  readonly createdAtMs: number;
}

/** A new key. Its private part is returned only once, when it is created. */
export interface NewSigningKey {
  /** Id of the key: `kid` in tokens. */
  readonly id: string;
  /** Private key: base64 of a PKCS#1 PEM. */
  readonly pem: string;
  /** Private key: base64 of a JSON Web Key. */
  readonly jwk: string;
  /** When it was created. */
  readonly createdAtMs: number;
}

/** The signing keys of the account, and the internal key of the token endpoint. */
export class SigningKeys {
  readonly #keys = new Map<string, SigningKey>();
  readonly #maxKeys: number;
  readonly #makePair: () => Promise<KeyPair>;
  #own: Promise<{ readonly id: string; readonly key: SigningKey }> | undefined;

  /** Starts without keys; at most `maxKeys` can be created. */
  constructor(maxKeys: number, makePair: () => Promise<KeyPair>) {
    this.#maxKeys = maxKeys;
    this.#makePair = makePair;
  }

  /** Creates a key. @throws {StreamRefusal} there are as many as allowed */
  async create(nowMs: number): Promise<NewSigningKey> {
    const id = randomBytes(16).toString('hex');
    const key = { ...(await this.#makePair()), createdAtMs: nowMs };
    // Checked after the key pair was generated, since other keys may have been created meanwhile.
    if (this.#keys.size >= this.#maxKeys) throw badRequest(`an account has at most ${this.#maxKeys} keys.`);
    this.#keys.set(id, key);
    const pem = key.privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();
    const jwk = { use: 'sig', kid: id, alg: 'RS256', ...key.privateKey.export({ format: 'jwk' }) };
    return { id, pem: base64(pem), jwk: base64(JSON.stringify(jwk)), createdAtMs: nowMs };
  }

  /** Ids and times of all keys, without their private parts. */
  list(): readonly { readonly id: string; readonly createdAtMs: number }[] {
    return [...this.#keys].map(([id, { createdAtMs }]) => ({ id, createdAtMs }));
  }

  /** Removes a key; its tokens are refused at once. @throws {StreamRefusal} there is no such key */
  delete(id: string): void {
    if (!this.#keys.delete(id)) throw notFound();
  }

  /** The public key that verifies tokens of this key. */
  async publicKey(id: string): Promise<KeyObject | undefined> {
    const own = await this.#own;
    return own?.id === id ? own.key.publicKey : this.#keys.get(id)?.publicKey;
  }

  /** Signs claims: with the endpoint's own key, or with the private key that the request holds. @throws {StreamRefusal} */
  async sign(claims: object, nowMs: number, given?: { readonly id: string; readonly pem: string }): Promise<string> {
    const { id, privateKey } = given === undefined ? await this.#ownKey(nowMs) : this.#givenKey(given);
    const head = Buffer.from(JSON.stringify({ alg: 'RS256', kid: id })).toString('base64url');
    const signed = `${head}.${Buffer.from(JSON.stringify({ ...claims, kid: id })).toString('base64url')}`;
    return `${signed}.${sign('RSA-SHA256', Buffer.from(signed), privateKey).toString('base64url')}`;
  }

  async #ownKey(nowMs: number): Promise<{ readonly id: string; readonly privateKey: KeyObject }> {
    this.#own ??= this.#makePair().then((pair) => ({
      id: randomBytes(16).toString('hex'),
      key: { ...pair, createdAtMs: nowMs },
    }));
    const { id, key } = await this.#own;
    return { id, privateKey: key.privateKey };
  }

  #givenKey(given: { readonly id: string; readonly pem: string }): {
    readonly id: string;
    readonly privateKey: KeyObject;
  } {
    const known = this.#keys.get(given.id);
    if (known === undefined) throw notFound();
    const privateKey = parseKey(given.pem);
    if (!createPublicKey(privateKey).equals(known.publicKey)) throw badRequest('pem does not belong to id.');
    return { id: given.id, privateKey };
  }
}

/** Generates a pair of 2 048 bits. */
export function makeRsaPair(): Promise<KeyPair> {
  return promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
}

function parseKey(pem: string): KeyObject {
  try {
    return createPrivateKey(Buffer.from(pem, 'base64').toString('utf8'));
  } catch (error) {
    throw badRequest(`pem cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
