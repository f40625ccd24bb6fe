// Installs what the services of the full tests need, in one call: CI does it in parallel with the checks.
import { installAptPackages } from './apt-packages.ts';
import { testServices } from './test-services.ts';

installAptPackages(
  testServices.flatMap(({ packages }) => packages),
  (line) => console.log(line),
);
