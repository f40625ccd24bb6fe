import { describeStory } from '../test-support/describe-story.ts';

describeStory({ backendName: 'local', onItsWayBytes: 16 * 1024 * 1024, grantSeconds: 2 });
