import { packageBuild } from '../../tsup.shared.ts';

export default packageBuild({ runsIn: 'browsers', entries: ['index', 'element/index', 'react/index'] });
