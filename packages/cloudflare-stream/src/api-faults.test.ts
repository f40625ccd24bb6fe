import { describeApiFaults } from '../test-support/describe-api-faults.ts';

/** The faults that every operation gets here. In the full tests every operation gets every fault. */
const EVERYWHERE = ['503', '404 / 7003 of the router'];
/** One operation whose lost answer is looked up, and one that is repeated: these get every fault. */
const EVERY_FAULT = ['getUploadUrl by tus', 'deleteVideo'];

describeApiFaults(({ name }, fault) => EVERY_FAULT.includes(name) || EVERYWHERE.includes(fault.name));
