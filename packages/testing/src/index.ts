export { type FixtureName, fixtures, type VideoFixture } from './fixtures.ts';
export { ManualClock, type ManualClockOptions } from './manual-clock.ts';
export { MemoryStorage } from './memory/memory-storage.ts';
export type { MemoryStorageOptions } from './memory/memory-storage-options.ts';
export { type MemoryUpload, MemoryVendor, type MemoryVideo } from './memory/memory-vendor.ts';
export { MemoryWebhooks } from './memory/memory-webhooks.ts';
export { seededRandom } from './seeded-random.ts';
export { SendRefusedError, type SendTicketOptions, sendTicket } from './send-ticket.ts';
export type { Fault, StorageSubject } from './storage-subject.ts';
export {
  type DescribeVideoStorageOptions,
  describeVideoStorage,
  type TestContext,
  type TestRunner,
} from './suite/describe-video-storage.ts';
