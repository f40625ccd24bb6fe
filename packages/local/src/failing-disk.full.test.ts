import { describeFailingSteps } from '../test-support/describe-failing-steps.ts';
import { FailingDisk } from '../test-support/failing-disk.ts';

describeFailingSteps(new FailingDisk(), { every: 1 });
