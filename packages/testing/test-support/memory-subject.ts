import { RateLimiter, RetryHandler, Secret } from '@videostorage/core';
import { ManualClock } from '../src/manual-clock.ts';
import { MemoryStorage } from '../src/memory/memory-storage.ts';
import { sendTicket } from '../src/send-ticket.ts';
import type { StorageSubject } from '../src/storage-subject.ts';

const SECRET = 'canary-of-the-memory-storage-0123456789';
const user = { userId: 'student-ümlaut-1' };

/** A subject over the storage in memory, with everything that the suite can use. */
export interface MemorySubject extends StorageSubject {
  readonly storage: MemoryStorage;
  readonly clock: ManualClock;
}

/** Creates a subject. */
export function createMemorySubject(): MemorySubject {
  const clock = new ManualClock();
  const storage = new MemoryStorage({
    clock,
    referenceSecrets: [SECRET],
    signingSecret: new Secret(SECRET),
    rateLimiter: new RateLimiter({ upload: [], playback: [] }),
    retryHandler: new RetryHandler({ random: () => 0 }),
    multipartThresholdBytes: 100_000,
    partSizeBytes: 50_000,
  });
  const fetch = (request: Request) => storage.fetch(request);
  return {
    storage,
    clock,
    secrets: [SECRET],
    multipartSizeBytes: 120_000,
    send: (ticket, bytes, mimeType) => {
      const signParts = (numbers: readonly number[]) =>
        storage.multipart.signParts(ticket.uploadReference, numbers, user);
      return sendTicket(ticket, bytes, mimeType, { fetch, signParts });
    },
    play: async (playback) => {
      const response = await storage.fetch(new Request(playback.url));
      const { status, headers } = response;
      return { status, headers, bytes: new Uint8Array(await response.arrayBuffer()) };
    },
    failNext: (fault) => storage.provider.failNext(fault),
    settle: async () => storage.provider.settle(),
    notify: (videoId) => storage.webhooks.deliver(videoId),
    dispose: async () => {},
  };
}
