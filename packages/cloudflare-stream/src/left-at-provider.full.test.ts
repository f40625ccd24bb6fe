import { describeLeftAtProvider } from '../test-support/describe-left-at-provider.ts';

describeLeftAtProvider(() => true);
