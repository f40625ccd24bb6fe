import { describeStory } from '../test-support/describe-story.ts';

/** The smallest chunk that Stream accepts: it keeps nothing of an interrupted one. */
const CHUNK_BYTES = 5 * 1024 * 1024;

// Stream's player loads segments of 4 s with the token of its first grant, so a shorter grant would expire too soon.
describeStory({
  ...{ backendName: 'cloudflare-stream', sentAgainBytes: CHUNK_BYTES, largestChunkBytes: CHUNK_BYTES },
  grantSeconds: 5,
});
