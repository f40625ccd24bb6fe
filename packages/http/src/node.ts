export { nodeRequestOf } from './node-request-of.ts';
export { type NodeListener, type RoutedRequest, toNodeListener } from './to-node-listener.ts';
