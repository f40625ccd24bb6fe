import { describe, test } from 'vitest';
import { describeObjectStore } from './describe-object-store.ts';
import { MemoryBucket, type MemoryBucketOptions } from './memory-bucket.ts';
import { MemoryObjectStore } from './memory-object-store.ts';

for (const options of [{}, { versioned: true }] satisfies MemoryBucketOptions[]) {
  describeObjectStore({
    name: options.versioned ? 'memory with versions' : 'memory',
    sizes: [20, 100],
    runner: { describe, test },
    create: async () => {
      const bucket = new MemoryBucket(options);
      const make = () => new MemoryObjectStore(bucket, { partsFromBytes: 100 });
      return {
        store: make(),
        other: make(),
        send: async ({ uploadId }, { state }, bytes) => {
          if (state === undefined) bucket.put(`uploads/${uploadId}`, bytes);
          else bucket.sendParts(state, bytes, 8);
        },
        dispose: async () => {},
      };
    },
  });
}
