import { workspaceTests } from '../../vitest.shared.ts';

export default workspaceTests({ name: 'http' });
