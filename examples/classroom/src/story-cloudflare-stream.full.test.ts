import { describeStory } from '../test-support/describe-story.ts';

/** The smallest that Stream takes: of an interrupted one it keeps nothing. */
const CHUNK_BYTES = 5 * 1024 * 1024;

// Stream's player loads segments of 4 s by the token of the grant that it began with: a shorter grant would not do.
describeStory({
  ...{ backendName: 'cloudflare-stream', sentAgainBytes: CHUNK_BYTES, largestChunkBytes: CHUNK_BYTES },
  grantSeconds: 5,
});
