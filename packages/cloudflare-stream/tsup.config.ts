import { packageBuild } from '../../tsup.shared.ts';

export default packageBuild({
  runsIn: 'servers',
  programs: ['http/node-http', 'http/edge-http'],
  // Chosen by the runtime that imports the package, not when it is built.
  external: ['#http'],
});
