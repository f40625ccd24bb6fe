import { workspaceTests } from '../../vitest.shared.ts';

export default workspaceTests({ name: 'core', typeTestsTsconfig: './tsconfig.test.json' });
