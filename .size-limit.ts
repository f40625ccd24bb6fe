// Budgets of what browsers load, as published: `npm run check:sizes`, after a build. Sizes are of minified code.
import { unpackPackages } from './tools/check-sizes/unpacked-packages.ts';
import { workspaceRoot } from './tools/workspace/workspace-root.ts';

const packages = unpackPackages(workspaceRoot, ['@videostorage/core']);
const core = `${packages}/@videostorage/core/dist/index.js`;

export default [
  // An import costs what it uses (decision 019): before, each of the two cost 9 KB.
  { name: 'core: isVideoStorageError', path: core, import: '{ isVideoStorageError }', brotli: false, limit: '1 KB' },
  { name: 'core: systemClock', path: core, import: '{ systemClock }', brotli: false, limit: '600 B' },
  { name: 'core: Validator', path: core, import: '{ Validator }', gzip: true, limit: '8.5 KB' },
  { name: 'core: all of it', path: core, import: '*', gzip: true, limit: '25 KB' },
];
