export { nodeRequestOf } from './node-request-of.ts';
export { type NodeListener, toNodeListener } from './to-node-listener.ts';
