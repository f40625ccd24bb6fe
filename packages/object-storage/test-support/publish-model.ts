import { isDeepStrictEqual } from 'node:util';
import {
  isVideoStorageError,
  RateLimiter,
  RetryHandler,
  type UploadTicket,
  type VideoMetadata,
} from '@videostorage/core';
import type { ObjectStore } from '../src/object-store.ts';
import { recordKey, videoKey } from '../src/store-keys.ts';
import { MemoryBucket } from '../src/testing/memory-bucket.ts';
import { MemoryEdge } from '../src/testing/memory-edge.ts';
import { MemoryObjectStore } from '../src/testing/memory-object-store.ts';
import { type Ending, Interleaving, ProcessOfModel } from './interleaving.ts';
import { MemoryVideoStorage } from './memory-video-storage.ts';
import type { Action, Content, ModelCase } from './model-cases.ts';
import { probe } from './model-probe.ts';

const HOUR_MS = 60 * 60 * 1000;
const BEGIN_MS = Date.UTC(2026, 10, 24);
const user = { userId: 'student-1' };
const UPLOAD_ID = '0123456789abcdef0123456789abcdef';
const VIDEO_ID = `${UPLOAD_ID}-mp4`;

/** Runs one case; throws an error that names a violation. */
export async function runModel(model: ModelCase): Promise<void> {
  await new ModelRun(model).run();
}

class ModelRun {
  #nowMs = BEGIN_MS;
  readonly #model: ModelCase;
  readonly #bucket = new MemoryBucket({ now: () => this.#nowMs, versioned: true });
  readonly #edge: MemoryEdge;
  readonly #interleaving = new Interleaving();
  readonly #schedule: { readonly index: number; readonly ending: Ending }[];
  /** Whether nothing has crashed or failed yet. */
  #hasNoFault = true;
  #partsId = '';
  #uploadReference = '';
  #ready: VideoMetadata | undefined;
  #refused = false;
  #deleted = false;

  constructor(model: ModelCase) {
    this.#model = model;
    this.#edge = new MemoryEdge(this.#bucket, model.purgeAsks);
    this.#schedule = [...model.schedule];
  }

  async run(): Promise<void> {
    await this.#prepare();
    for (const action of this.#model.actions) this.#begin(action);
    await this.#interleaving.run(
      (count) => {
        const { index, ending } = this.#schedule.shift() ?? { index: 0, ending: 'done' };
        if (ending !== 'done') this.#hasNoFault = false;
        return { index: index % count, ending };
      },
      () => this.#check(),
    );
    if (this.#hasNoFault) this.#checkWithoutFault();
    const before = this.#decision();
    await this.#sweepAfter(1, true);
    // A record that was ready before stays so, unless it is deleted; a repeated confirm has the same result.
    if (before === 'ready' && this.#decision() !== 'ready') throw new Error('The sweep has lost a video.');
    await this.#confirmAgain();
    await this.#sweepAfter(49, false);
    // A record of an upload that was given up only now is kept for this time too.
    await this.#sweepAfter(49, false);
    this.#checkEnd();
  }

  async #prepare(): Promise<void> {
    const storage = this.#storage(this.#store());
    const { protocol, sent } = this.#model;
    const request = {
      ...user,
      uploadId: UPLOAD_ID,
      fileName: 'film.mp4',
      mimeType: 'video/mp4',
      sizeBytes: sent.length,
    };
    const ticket: UploadTicket = await storage.getUploadUrl({ ...request, maxDurationSeconds: 60 });
    this.#uploadReference = ticket.uploadReference;
    if (protocol === 'parts') {
      const { state } = await storage.uploadOf(ticket.uploadReference, user);
      this.#partsId = state ?? '';
    }
    this.#send(sent);
  }

  #store(): MemoryObjectStore {
    const partsFromBytes = this.#model.protocol === 'parts' ? 1 : undefined;
    return new MemoryObjectStore(this.#bucket, { edge: this.#edge, partsFromBytes, partSizeBytes: 4 });
  }

  #storage(store: ObjectStore, aheadMs = 0): MemoryVideoStorage {
    return new MemoryVideoStorage(store, {
      probe,
      clock: { now: () => this.#nowMs + aheadMs, sleep: retrySleep },
      retryHandler: new RetryHandler({ clock: { now: () => this.#nowMs, sleep: retrySleep }, random: () => 0.5 }),
      rateLimiter: new RateLimiter({ upload: [], playback: [] }),
    });
  }

  #begin(action: Action): void {
    const process = new ProcessOfModel();
    // Its clock is ahead, so that it treats running confirms as interrupted, which must do no harm.
    const aheadMs = action === 'sweep' ? HOUR_MS : 0;
    const storage = this.#storage(this.#interleaving.storeOf(this.#store(), process), aheadMs);
    this.#interleaving.begin(async () => {
      try {
        await this.#act(action, storage);
      } catch (error) {
        // An outage and a crash have no outcome to check.
        if (!process.isDead && !isVideoStorageError(error)) throw error;
      }
    });
  }

  async #act(action: Action, storage: MemoryVideoStorage): Promise<void> {
    switch (action) {
      case 'confirm':
        return this.#confirm(storage, false);
      case 'accept':
        return this.#confirm(storage, true);
      case 'abort':
        return storage.abortUpload(this.#uploadReference, user);
      case 'delete':
        await storage.deleteVideo(VIDEO_ID);
        this.#deleted = true;
        return;
      case 'sweep':
        await storage.maintenance.sweep();
        return;
      case 'replay':
        // The check waits for its turn like an operation of the store.
        await storage.videoExists(VIDEO_ID);
        this.#send(this.#model.replayed);
        return;
      case 'play':
        await storage.videoExists(VIDEO_ID);
        this.#bucket.play(videoKey(VIDEO_ID));
        return;
    }
  }

  async #confirm(storage: MemoryVideoStorage, acceptUnverified: boolean): Promise<void> {
    const wasDeleted = this.#deleted;
    try {
      const video = await storage.confirmUpload(this.#uploadReference, { ...user, acceptUnverified });
      if (wasDeleted) throw new Error('A deleted video was confirmed again.');
      if (this.#refused) throw new Error('Refused, then confirmed.');
      if (this.#ready !== undefined && !isDeepStrictEqual(this.#ready, video)) {
        throw new Error('Two confirms gave different videos.');
      }
      this.#ready = video;
    } catch (error) {
      if (isVideoStorageError(error) && error.code === 'CONTENT_MISMATCH') {
        this.#refused = true;
        if (this.#ready !== undefined) throw new Error('Confirmed, then refused.');
      }
      if (isVideoStorageError(error) && error.code === 'NOT_UPLOADED') throw new Error('Sent, but not found.');
      throw error;
    }
  }

  async #confirmAgain(): Promise<void> {
    const storage = this.#storage(this.#store());
    const decision = this.#decision();
    try {
      await this.#confirm(storage, false);
      if (decision !== 'ready' && decision !== undefined) throw new Error(`Confirmed although it was ${decision}.`);
    } catch (error) {
      if (!isVideoStorageError(error)) throw error;
      const codes = { rejected: ['CONTENT_MISMATCH'], aborted: ['VIDEO_NOT_FOUND'], deleted: ['VIDEO_NOT_FOUND'] };
      const open = ['CONTENT_UNVERIFIABLE', 'CONTENT_MISMATCH'];
      const expected = decision === undefined ? open : decision === 'ready' ? [] : codes[decision];
      if (!expected.includes(error.code)) throw new Error(`After ${decision} a confirm said ${error.code}.`);
    }
  }

  async #sweepAfter(hours: number, once: boolean): Promise<void> {
    this.#nowMs += hours * HOUR_MS;
    const storage = this.#storage(this.#store());
    for (let run = 0; run < (once ? 1 : 3); run++) {
      const { failures, more } = await storage.maintenance.sweep();
      if (failures.length > 0) throw new Error(`The sweep failed: ${JSON.stringify(failures)}`);
      if (more) throw new Error('The sweep did not end.');
      this.#check();
    }
  }

  #send(content: Content): void {
    const bytes = new TextEncoder().encode(content);
    if (this.#model.protocol === 'parts') this.#bucket.sendParts(this.#partsId, bytes, 4);
    else this.#bucket.put(`uploads/${UPLOAD_ID}`, bytes);
  }

  #record():
    | { readonly state: 'ready' | 'rejected' | 'aborted' | 'deleted'; readonly durationSeconds?: number }
    | undefined {
    const stored = this.#bucket.objects.get(recordKey(UPLOAD_ID));
    return stored && JSON.parse(new TextDecoder().decode(stored.bytes));
  }

  #decision() {
    return this.#record()?.state;
  }

  /** What must hold after every operation of every process. */
  #check(): void {
    const record = this.#record();
    if (record?.state !== 'ready') return;
    if (this.#deleted) throw new Error('Resurrected.');
    const stored = this.#bucket.objects.get(videoKey(VIDEO_ID));
    if (stored === undefined) throw new Error('Ready without bytes.');
    const served = new TextDecoder().decode(stored.bytes);
    const observed = record.durationSeconds;
    const wasInspected = observed === undefined ? served.startsWith('vague') : served === `good-${observed}`;
    if (!wasInspected) throw new Error(`Serves ${served}, but inspected was ${observed}.`);
  }

  /** What must hold when all work has ended and nothing has crashed or failed: nothing is left for the sweep. */
  #checkWithoutFault(): void {
    const decision = this.#decision();
    const isPlaced = this.#bucket.objects.has(videoKey(VIDEO_ID));
    const mayBePlaced = decision === 'ready' || (decision === undefined && this.#model.protocol === 'parts');
    if (isPlaced && !mayBePlaced) throw new Error(`After ${decision} bytes are left at the final key.`);
    const left = [...this.#bucket.objects.keys()].filter((key) => key.startsWith('uploads/'));
    const isPending = decision === 'deleted' && this.#model.purgeAsks > 1;
    const mayBeLeft = decision === undefined || isPending || this.#model.actions.includes('replay');
    if (left.length > 0 && !mayBeLeft) throw new Error(`After ${decision} is left: ${left.join(', ')}`);
  }

  /** What must hold when all work has ended and the sweep has run. */
  #checkEnd(): void {
    const isReady = this.#decision() === 'ready';
    const expected = isReady ? [recordKey(UPLOAD_ID), videoKey(VIDEO_ID)] : [];
    const keys = [...this.#bucket.objects.keys()].sort();
    if (JSON.stringify(keys) !== JSON.stringify(expected)) throw new Error(`Left: ${keys.join(', ')}`);
    if (this.#bucket.parts.size > 0) throw new Error('Left: parts');
    const versions = [...this.#bucket.versions.keys()].filter((key) => key.startsWith('videos/'));
    if (!isReady && versions.length > 0) throw new Error(`Left: versions of ${versions.join(', ')}`);
    const copy = this.#bucket.edgeCopies.get(videoKey(VIDEO_ID));
    const served = this.#bucket.objects.get(videoKey(VIDEO_ID))?.bytes;
    const isSame = copy === undefined || (served !== undefined && Buffer.from(copy).equals(served));
    if (!isSame) throw new Error('The edge serves what is not stored.');
  }
}

/** Waits before retries end at once; deadlines never pass. */
function retrySleep(delayMs: number, signal?: AbortSignal): Promise<void> {
  if (delayMs < 3000) return Promise.resolve();
  return new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason), { once: true }));
}
