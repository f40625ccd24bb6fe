import { describeLeftAfterFault, ON } from '../test-support/describe-left-after-fault.ts';

describeLeftAfterFault('as the documents say it', ON);
