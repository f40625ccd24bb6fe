import { ConfigurationError } from '../errors/backend-errors.ts';
import { Secret } from '../log/secret.ts';

/** The secrets that sign references. @throws {ConfigurationError} no list, or one that is neither text nor a secret */
export function toReferenceSecrets(given: readonly (string | Secret)[]): readonly Secret[] {
  if (!Array.isArray(given)) {
    throw new ConfigurationError(
      'Set `referenceSecrets` to an array of secrets of 32 random bytes; the first one signs.',
    );
  }
  // A secret may come from another copy of the package; a missing environment variable is refused by `Secret`.
  return given.map((each) => (typeof each === 'object' && each !== null ? each : new Secret(each)));
}
