export { type DescribeObjectStoreOptions, describeObjectStore } from './describe-object-store.ts';
export { MemoryBucket, type MemoryBucketOptions, type MemoryObject, type MemoryParts } from './memory-bucket.ts';
export { MemoryEdge } from './memory-edge.ts';
export { MemoryObjectStore, type MemoryObjectStoreOptions } from './memory-object-store.ts';
export type { ObjectStoreSubject } from './object-store-subject.ts';
