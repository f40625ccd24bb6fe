import { workspaceTests } from '../../vitest.shared.ts';

export default workspaceTests({ name: 's3-cloudfront' });
