import { workspaceTests } from '../../vitest.shared.ts';

// Each host is a process of its own, and its test waits for it.
export default workspaceTests({ name: 'http' });
