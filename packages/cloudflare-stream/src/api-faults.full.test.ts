import { describeApiFaults } from '../test-support/describe-api-faults.ts';

describeApiFaults(() => true);
