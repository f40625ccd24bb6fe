export { type FixtureName, fixtures, type VideoFixture } from './fixtures.ts';
export { ManualClock, type ManualClockOptions } from './manual-clock.ts';
export {
  type MemoryArrival,
  type MemoryEnding,
  MemoryProvider,
  type MemoryUpload,
  type MemoryVideo,
  type PendingUpload,
} from './memory/memory-provider.ts';
export { MemoryStorage } from './memory/memory-storage.ts';
export type { MemoryStorageOptions } from './memory/memory-storage-options.ts';
export { MemoryWebhooks } from './memory/memory-webhooks.ts';
export { seededRandom } from './seeded-random.ts';
export { SendRefusedError, type SendTicketOptions, sendTicket } from './send-ticket.ts';
export type { Fault, PlayedAnswer, StorageSubject } from './storage-subject.ts';
export { type DescribeVideoStorageOptions, describeVideoStorage } from './suite/describe-video-storage.ts';
export type { TestContext, TestRunner } from './suite/test-runner.ts';
