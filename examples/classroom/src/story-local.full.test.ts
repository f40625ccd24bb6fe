import { describeStory } from '../test-support/describe-story.ts';

describeStory({ backendName: 'local', sentAgainBytes: 0, grantSeconds: 2 });
