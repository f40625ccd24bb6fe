import { installAptPackages } from './apt-packages.ts';
import type { RunningService, TestService } from './running-service.ts';

/** The services that could be started, and why the others could not. */
export interface StartedServices extends RunningService {
  /** A message for each missing service. */
  readonly missing: readonly string[];
}

/** Installs and starts the services, one after another. One that fails is reported in `missing`, the others continue. */
export async function startServices(
  services: readonly TestService[],
  log: (line: string) => void,
): Promise<StartedServices> {
  const running: RunningService[] = [];
  const missing: string[] = [];
  for (const { name, packages, start } of services) {
    try {
      installAptPackages(packages, log);
      running.push(await start());
      log(`${name} runs`);
    } catch (error) {
      missing.push(`${name} is missing: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return {
    environment: Object.assign({}, ...running.map(({ environment }) => environment)),
    missing,
    stop: async () => {
      for (const service of running.splice(0).toReversed()) await service.stop();
    },
  };
}
