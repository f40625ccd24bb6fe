import { workspaceTests } from '../../vitest.shared.ts';

const shared = workspaceTests({ name: 'redis' });

// The types of three clients take ten seconds to compile: `npm run typecheck` does it, and fails on what the type tests state.
export default { ...shared, test: { ...shared.test, typecheck: { enabled: false } } };
