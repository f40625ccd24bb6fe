import {
  RateLimiter,
  RetryHandler,
  type UploadRequest,
  type UploadTicket,
  type VideoMetadata,
} from '@videostorage/core';
import type { ProbedVideo, ProbeResult } from '@videostorage/media';
import type { ObjectVideoStorageOptions } from '../src/object-video-storage-options.ts';
import { uploadKey } from '../src/store-keys.ts';
import { MemoryBucket, type MemoryBucketOptions } from '../src/testing/memory-bucket.ts';
import { MemoryEdge } from '../src/testing/memory-edge.ts';
import { MemoryObjectStore } from '../src/testing/memory-object-store.ts';
import { MemoryVideoStorage } from './memory-video-storage.ts';
import { RecordedStore } from './recorded-store.ts';
import { TestClock } from './test-clock.ts';

/** What the probe of a test returns unless the test sets another result. */
export const probedVideo: ProbedVideo = {
  ...{ outcome: 'video', container: 'mp4', mimeType: 'video/mp4', durationSeconds: 12.5 },
  ...{ widthPixels: 320, heightPixels: 180, rotationDegrees: 0, videoCodec: 'avc1.64001e', bytesRead: 10, reads: 1 },
};

/** How the host of a test differs from a plain one. */
export interface MemoryHostOptions extends Partial<ObjectVideoStorageOptions> {
  /** From this size on uploads are sent in parts. Default: never. */
  readonly partsFromBytes?: number | undefined;
  /** An edge whose purges are done after so many requests. Default: no edge. */
  readonly purgeAsks?: number | undefined;
  /** Videos that one purge may name. Default 15. */
  readonly maxPurges?: number | undefined;
  /** How the bucket differs. */
  readonly bucket?: Omit<MemoryBucketOptions, 'now'> | undefined;
}

/** A storage over a bucket in memory, its clock, and a record of the operations on the store. */
export class MemoryHost {
  readonly clock: TestClock = new TestClock(Date.UTC(2026, 10, 24, 12));
  readonly bucket: MemoryBucket;
  readonly operations: RecordedStore;
  readonly storage: MemoryVideoStorage;
  readonly user = { userId: 'student-1' };
  readonly uploadId = '0123456789abcdef0123456789abcdef';
  readonly videoId: string = `${this.uploadId}-mp4`;
  /** What the probe returns for every file. */
  probed: ProbeResult = probedVideo;
  readonly #options: ConstructorParameters<typeof MemoryVideoStorage>[1];
  /** The options of each call of the probe. */
  readonly probes: { readonly timeoutMs?: number | undefined }[] = [];

  constructor({ partsFromBytes, purgeAsks, maxPurges, bucket, ...options }: MemoryHostOptions = {}) {
    this.bucket = new MemoryBucket({ ...bucket, now: () => this.clock.now() });
    const edge = purgeAsks === undefined ? undefined : new MemoryEdge(this.bucket, purgeAsks, maxPurges);
    this.operations = new RecordedStore(new MemoryObjectStore(this.bucket, { partsFromBytes, edge }));
    this.#options = {
      clock: this.clock,
      retryHandler: new RetryHandler({ maxAttempts: 1 }),
      rateLimiter: new RateLimiter({ upload: [], playback: [] }),
      probe: async (reader, probeOptions) => {
        this.probes.push({ timeoutMs: probeOptions.timeoutMs });
        await reader.read(0, 1, probeOptions.signal ?? new AbortController().signal);
        return this.probed;
      },
      ...options,
    };
    this.storage = this.inAnotherProcess();
  }

  /** A storage over the same bucket that does not know what the first one has done. */
  inAnotherProcess(): MemoryVideoStorage {
    return new MemoryVideoStorage(this.operations.store, this.#options);
  }

  /** A ticket for ten bytes. */
  ticket(request: Partial<UploadRequest> = {}): Promise<UploadTicket> {
    const file = { fileName: 'film.mp4', mimeType: 'video/mp4', sizeBytes: 10 };
    return this.storage.getUploadUrl({ ...this.user, ...file, uploadId: this.uploadId, ...request });
  }

  /** Sends bytes under a ticket, as the browser does. */
  async send(ticket: UploadTicket, text = '0123456789', user: { readonly userId: string } = this.user): Promise<void> {
    const bytes = new TextEncoder().encode(text);
    const { uploadId, state } = await this.storage.uploadOf(ticket.uploadReference, user);
    if (state === undefined) this.bucket.put(uploadKey(uploadId), bytes);
    else this.bucket.sendParts(state, bytes, 8);
  }

  /** A ticket whose bytes have arrived; its operations are not recorded. */
  async sent(request: Partial<UploadRequest> = {}, text?: string): Promise<UploadTicket> {
    const ticket = await this.ticket(request);
    await this.send(ticket, text);
    this.operations.taken();
    return ticket;
  }

  /** A confirmed video; its operations are not recorded. */
  async confirmed(
    request: Partial<UploadRequest> = {},
  ): Promise<{ readonly ticket: UploadTicket; readonly video: VideoMetadata }> {
    const ticket = await this.sent(request);
    const video = await this.storage.confirmUpload(ticket.uploadReference, this.user);
    this.operations.taken();
    return { ticket, video };
  }

  /** The keys that are stored. */
  get keys(): readonly string[] {
    return [...this.bucket.objects.keys()].sort();
  }

  /** A document as it is stored. */
  document(key: string): Record<string, unknown> {
    const stored = this.bucket.objects.get(key);
    return JSON.parse(new TextDecoder().decode(stored?.bytes));
  }
}
