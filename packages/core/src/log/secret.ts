import { ConfigurationError } from '../errors/backend-errors.ts';
import { isKnownSecret, SECRET_COMMAND } from './known-secrets.ts';

const MASK = '[secret]';
/** The same in every copy of this package, for instance of an ES module and of CommonJS in one process. */
const BRAND = Symbol.for('@videostorage/core/Secret');

/**
 * Holds a secret. Only `reveal` returns it: templates, concatenation, JSON, `console.log`, Node's `inspect` (also with hidden
 * and private members), `structuredClone` and enumeration show a fixed mask or nothing.
 */
export class Secret {
  readonly #bytes: Uint8Array<ArrayBuffer>;

  static {
    // Node, Deno, Bun and workerd look for the first one. Set here: `isolatedDeclarations` allows no computed members.
    Object.defineProperty(Secret.prototype, Symbol.for('nodejs.util.inspect.custom'), { value: () => MASK });
    Object.defineProperty(Secret.prototype, BRAND, { value: true });
  }

  /**
   * Takes text, which stands for its UTF-8 bytes, or bytes, which are copied.
   * @throws {ConfigurationError} the value is neither text nor bytes (for instance because an environment variable is
   * missing), or is a sample value that was published, for instance in documentation
   */
  constructor(value: string | Uint8Array) {
    if (typeof value === 'string') this.#bytes = new TextEncoder().encode(value);
    else if (isBytes(value)) this.#bytes = new Uint8Array(value);
    else throw new ConfigurationError('A secret must be text or bytes; is its environment variable set?');
    if (isKnownSecret(this.#bytes)) {
      throw new ConfigurationError(
        `This secret is a published sample, so anybody can sign with it. Make one with: ${SECRET_COMMAND}`,
      );
    }
  }

  /** A copy of the bytes. */
  reveal(): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.#bytes);
  }

  /** The mask `[secret]`. */
  toString(): string {
    return MASK;
  }

  /** The mask `[secret]`. */
  toJSON(): string {
    return MASK;
  }
}

/** Whether a value is a `Secret` from any copy of the package: recognised by a brand, since each copy has its own class. */
export function isSecret(value: unknown): value is Secret {
  return typeof value === 'object' && value !== null && Reflect.get(value, BRAND) === true && 'reveal' in value;
}

/** Copies of the bytes of each secret of a list. @throws {ConfigurationError} not a list, or not of secrets */
export function revealed(secrets: readonly Secret[]): readonly Uint8Array<ArrayBuffer>[] {
  if (Array.isArray(secrets) && secrets.every(isSecret)) return secrets.map((secret) => secret.reveal());
  throw new ConfigurationError('Pass the secrets as a list, each a Secret.');
}

/** By the tag and not by the class, which differs between realms. */
function isBytes(value: unknown): boolean {
  return Object.prototype.toString.call(value) === '[object Uint8Array]';
}
