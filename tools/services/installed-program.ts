import type { AptPackage, TestService } from './running-service.ts';

/** A program that the tests start by themselves: it only has to be installed. */
export function installedProgram(
  name: string,
  packages: readonly AptPackage[],
  environment: Readonly<Record<string, string>>,
): TestService {
  return { name, packages, start: async () => ({ environment, stop: async () => undefined }) };
}
