import { RateLimiter } from '@videostorage/core';
import { describeVideoStorage, ManualClock } from '@videostorage/testing';
import { MemoryVideoStorage } from '../test-support/memory-video-storage.ts';
import { uploadKey } from './store-keys.ts';
import { MemoryBucket } from './testing/memory-bucket.ts';
import { MemoryEdge } from './testing/memory-edge.ts';
import { MemoryObjectStore } from './testing/memory-object-store.ts';

const ownGrants = 'grants are signed by each backend itself; here every grant opens every key';
const exceptions = Object.fromEntries(
  ['expired', 'not-before', 'ip-range', 'kind', 'other-video'].map((name) => [`playback/${name}`, ownGrants]),
);

const ONE_PLACE = 'the bucket in memory has one place per id for the forms of all users; local and S3 separate users';

for (const kind of ['forms', 'parts']) {
  describeVideoStorage({
    name: `the template over ${kind} in memory`,
    exceptions: { ...exceptions, ...(kind === 'forms' && { 'lifecycle/two-users': ONE_PLACE }) },
    create: async () => {
      const clock = new ManualClock();
      const bucket = new MemoryBucket({ now: () => clock.now() });
      const partsFromBytes = kind === 'parts' ? 1 : undefined;
      const partSizeBytes = 1_000_000;
      const store = new MemoryObjectStore(bucket, { partsFromBytes, partSizeBytes, edge: new MemoryEdge(bucket) });
      const rateLimiter = new RateLimiter({ upload: [], playback: [] });
      const storage = new MemoryVideoStorage(store, { clock, rateLimiter });
      return {
        storage,
        clock,
        send: async ({ uploadReference, videoId }, bytes) => {
          if (kind === 'forms') bucket.put(uploadKey(videoId.slice(0, 32)), bytes);
          else bucket.sendParts(partsOf(uploadReference), bytes, partSizeBytes);
        },
        play: async ({ url }) => {
          const bytes = bucket.play(url.replace('memory:', ''));
          return bytes === undefined ? { status: 404, bytes: new Uint8Array() } : { status: 200, bytes };
        },
        dispose: async () => {},
      };
    },
  });
}

/** The bucket's id of the parts, which a browser gets from signed part URLs; the bucket in memory has none. */
function partsOf(uploadReference: string): string {
  const [payload = ''] = uploadReference.split('.');
  // The claims, followed by the state of the upload.
  const [, state = ''] = Buffer.from(payload, 'base64url').toString().split('\n');
  return JSON.parse(state).s;
}
