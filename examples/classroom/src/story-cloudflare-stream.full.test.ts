import { describeStory } from '../test-support/describe-story.ts';

// Stream's player loads segments of 4 s by the token of the grant that it began with: a shorter grant would not do.
describeStory({ backendName: 'cloudflare-stream', onItsWayBytes: 16 * 1024 * 1024, grantSeconds: 5 });
