import { workspaceTests } from '../../vitest.shared.ts';

// Each provider is emulated in the process of its tests, and keeps one core busy.
export default workspaceTests({ name: 'example-chaos' });
