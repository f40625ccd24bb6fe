import { packageBuild } from '../../tsup.shared.ts';

export default packageBuild({ runsIn: 'anywhere', entries: ['index', 'element/index', 'react/index'] });
