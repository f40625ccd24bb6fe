import { packageBuild } from '../../tsup.shared.ts';

export default packageBuild({ runsIn: 'servers', entries: ['index', 'node', 'express', 'fastify', 'hono', 'next'] });
