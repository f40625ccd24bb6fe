import { ConfigurationError } from '@videostorage/core';

/**
 * Settings of one account from the environment; undefined when none of them is set. If only some are set, this is an error,
 * since the emulators would start although the real service was intended. @throws {ConfigurationError} names the missing
 * variables
 */
export function accountFrom<Name extends string>(
  names: readonly Name[],
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Readonly<Record<Name, string>> | undefined {
  const missing = names.filter((name) => (environment[name] ?? '') === '');
  if (missing.length === names.length) return undefined;
  if (missing.length > 0) {
    throw new ConfigurationError(
      `To use the real service, set ${missing.join(', ')} too; to use the emulators, set none of them.`,
    );
  }
  return Object.fromEntries(names.map((name) => [name, environment[name] ?? ''])) as Record<Name, string>;
}
