import { packageBuild } from '../../tsup.shared.ts';

export default packageBuild({ runsIn: 'node', more: { shims: true } });
