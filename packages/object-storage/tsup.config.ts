import { packageBuild } from '../../tsup.shared.ts';

export default packageBuild({ runsIn: 'node', entries: ['index', 'testing/index'] });
