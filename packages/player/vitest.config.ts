import { workspaceTests } from '../../vitest.shared.ts';

// Each test starts its own host app: how long that takes depends on the machine.
export default workspaceTests({ name: 'player', fullWorkers: 3, timeoutMs: 300_000 });
