import { ConfigurationError } from '@videostorage/core';

/**
 * Settings of one account from the environment; undefined when none of them is there. Half an account is refused: it
 * would start the emulators where the real service was meant. @throws {ConfigurationError} naming what is missing
 */
export function accountFrom<Name extends string>(
  names: readonly Name[],
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Readonly<Record<Name, string>> | undefined {
  const missing = names.filter((name) => (environment[name] ?? '') === '');
  if (missing.length === names.length) return undefined;
  if (missing.length > 0) {
    throw new ConfigurationError(
      `To use the real service, set ${missing.join(', ')} too; for the emulators, none of them.`,
    );
  }
  return Object.fromEntries(names.map((name) => [name, environment[name] ?? ''])) as Record<Name, string>;
}
