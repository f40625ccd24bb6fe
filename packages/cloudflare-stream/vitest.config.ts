import { workspaceTests } from '../../vitest.shared.ts';

export default workspaceTests({ name: 'cloudflare-stream', fullWorkers: 3 });
