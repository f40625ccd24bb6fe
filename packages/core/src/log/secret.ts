import { ConfigurationError } from '../errors/backend-errors.ts';
import { isKnownSecret, SECRET_COMMAND } from './known-secrets.ts';

const MASK = '[secret]';
/** The same in every copy of this package, for instance of an ES module and of CommonJS in one process. */
const BRAND = Symbol.for('@videostorage/core/Secret');

/**
 * Holds a secret. Only `reveal` gives it away: templates, concatenation, JSON, `console.log`, Node's `inspect` (with hidden
 * and private members too), `structuredClone` and enumeration show a fixed mask or nothing.
 */
export class Secret {
  readonly #bytes: Uint8Array<ArrayBuffer>;

  static {
    // Node, Deno, Bun and workerd ask for the first. Set here, since computed members have no explicit type.
    Object.defineProperty(Secret.prototype, Symbol.for('nodejs.util.inspect.custom'), { value: () => MASK });
    Object.defineProperty(Secret.prototype, BRAND, { value: true });
  }

  /**
   * Takes text, which counts as its UTF-8 bytes, or bytes, which are copied.
   * @throws {ConfigurationError} neither of the two, as when an environment variable is missing, or a published sample
   */
  constructor(value: string | Uint8Array) {
    if (typeof value === 'string') this.#bytes = new TextEncoder().encode(value);
    else if (isBytes(value)) this.#bytes = new Uint8Array(value);
    else throw new ConfigurationError('A secret must be text or bytes; is its environment variable set?');
    if (isKnownSecret(this.#bytes)) {
      throw new ConfigurationError(
        `This secret is a published sample, which everybody knows. Make one with: ${SECRET_COMMAND}`,
      );
    }
  }

  /** A copy of the bytes. */
  reveal(): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.#bytes);
  }

  /** Always the same mask. */
  toString(): string {
    return MASK;
  }

  /** Always the same mask. */
  toJSON(): string {
    return MASK;
  }
}

/** Whether it is a `Secret`, from whichever copy of the package: by its brand, since classes differ between copies. */
export function isSecret(value: unknown): value is Secret {
  return typeof value === 'object' && value !== null && Reflect.get(value, BRAND) === true && 'reveal' in value;
}

/** Asks for the tag and not for the class, which differs between realms. */
function isBytes(value: unknown): boolean {
  return Object.prototype.toString.call(value) === '[object Uint8Array]';
}
