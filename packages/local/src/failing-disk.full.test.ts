import { describeFailingSteps } from '../test-support/describe-failing-steps.ts';

describeFailingSteps({ every: 1 });
