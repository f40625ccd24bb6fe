export type { FileFunctions } from './file-functions.ts';
export type { LocalPrices, LocalStorageOptions } from './local-options.ts';
export { LocalStorage } from './local-storage.ts';
export { type NodeListener, toNodeListener } from './node-listener.ts';
