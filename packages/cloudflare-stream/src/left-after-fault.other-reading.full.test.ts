import { describeLeftAfterFault, FAST } from '../test-support/describe-left-after-fault.ts';

describeLeftAfterFault('as they may also be read', FAST);
