import { describe, expect, test } from 'vitest';
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

test('what is in memory refuses options that do not exist, or are not what they must be, by their names', () => {
  const bucket = new MemoryBucket();
  expect(() => Reflect.construct(MemoryBucket, [{ version: true }])).toThrow('do you mean `versioned`?');
  expect(() => Reflect.construct(MemoryBucket, [{ locked: 'false' }])).toThrow('`locked` must be true or false');
  expect(() => Reflect.construct(MemoryBucket, [{ now: 5 }])).toThrow('`now` must be a function');
  const store = (options: object) => () => Reflect.construct(MemoryObjectStore, [bucket, options]);
  expect(store({ partSize: 3 })).toThrow('do you mean `partSizeBytes`?');
  expect(store({ partSizeBytes: 0 })).toThrow('`partSizeBytes` must be');
  expect(store({ partsFromBytes: '1' })).toThrow('`partsFromBytes` must be');
  expect(store({ edge: {} })).toThrow('`edge` must be an Edge');
  expect(store({ partsFromBytes: Number.POSITIVE_INFINITY })).not.toThrow();
});
