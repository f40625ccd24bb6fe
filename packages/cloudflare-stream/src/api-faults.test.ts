import { describeApiFaults } from '../test-support/describe-api-faults.ts';

/** One fault of each kind that an operation answers in its own way, which every operation meets here. The full tests put every operation under every fault. */
const EVERYWHERE = ['503', '400', '404 / 7003 of the router', '429, again at once', 'no answer'];
/** One operation of each retry class, and both whose outcome is looked up in a way of their own: these meet every fault. */
const EVERY_FAULT = ['getUploadUrl by tus', 'deleteVideo', 'signingKeys.create', 'copyFromUrl.start'];

describeApiFaults(({ name }, fault) => EVERY_FAULT.includes(name) || EVERYWHERE.includes(fault.name));
