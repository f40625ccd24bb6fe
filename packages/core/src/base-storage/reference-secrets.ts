import { ConfigurationError } from '../errors/backend-errors.ts';
import { SECRET_COMMAND } from '../log/known-secrets.ts';
import { Secret } from '../log/secret.ts';

/** The secrets that sign references. @throws {ConfigurationError} no list, or one that is neither text nor a secret */
export function toReferenceSecrets(given: readonly (string | Secret)[]): readonly Secret[] {
  if (!Array.isArray(given)) throw wrongSecrets();
  return given.map((each) => {
    // An environment variable that is not set: `''` in our samples.
    if (each === undefined || each === '') throw missingSecret();
    if (typeof each !== 'object' || each === null) return new Secret(each);
    // A secret may come from another copy of the package, so its class tells nothing.
    if (typeof each.reveal !== 'function') throw wrongSecrets();
    return each;
  });
}

function wrongSecrets(): ConfigurationError {
  return new ConfigurationError(
    'Set `referenceSecrets` to an array of secrets of 32 random bytes; the first one signs.',
  );
}

function missingSecret(): ConfigurationError {
  return new ConfigurationError(
    `A secret of \`referenceSecrets\` is empty; is its environment variable set? Make one with: ${SECRET_COMMAND}`,
  );
}
