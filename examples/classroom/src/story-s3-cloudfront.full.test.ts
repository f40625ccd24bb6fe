import { describeStory } from '../test-support/describe-story.ts';

describeStory({ backendName: 's3-cloudfront', sentAgainBytes: 5 * 1024 * 1024, grantSeconds: 2 });
