import assert from 'node:assert/strict';
import {
  isVideoStorageError,
  type UploadTicket,
  type VideoStatus,
  type VideoStorage,
  type WebhookRequest,
} from '@videostorage/core';
import type { ManualClock } from '@videostorage/testing';
import fc from 'fast-check';
import { MemoryEventLog } from '../src/memory/memory-event-log.ts';
import { MemoryVideoRecords } from '../src/memory/memory-video-records.ts';
import type { VideoRecord } from '../src/video-record.ts';
import { VideoService } from '../src/video-service.ts';
import { asSeenBy, CrashError, Lifetime } from './crashing-node.ts';
import { ada, teacher } from './service-world.ts';

/** A storage whose time a test moves. */
export interface ModelBackend {
  readonly storage: VideoStorage;
  readonly clock: ManualClock;
  /** Sends a good file, or one that contradicts the request. */
  send(ticket: UploadTicket, isGood: boolean): Promise<void>;
  /** What the request declares about the file. */
  readonly file: { readonly fileName: string; readonly mimeType: string; readonly sizeBytes: number };
  /** Ends the provider's processing, where there is any. */
  settle?(): Promise<void>;
  /** Sends the provider's webhook about a video to the service, where there are webhooks. */
  notify?(videoId: string): Promise<WebhookRequest | undefined>;
  /** HTTP status of a grant's URL. */
  play(url: string): Promise<number>;
  dispose(): Promise<void>;
}

/** One action; `upload` says which of the two uploads it is about. */
type Action =
  | {
      readonly do: 'request' | 'confirm' | 'abort' | 'delete' | 'webhook' | 'update';
      readonly upload: number;
      readonly crashAfter: number | undefined;
    }
  | { readonly do: 'send'; readonly upload: number; readonly isGood: boolean }
  | { readonly do: 'sweep'; readonly storages: boolean; readonly crashAfter: number | undefined }
  | { readonly do: 'retire'; readonly crashAfter: number | undefined }
  | { readonly do: 'erase'; readonly crashAfter: number | undefined }
  | { readonly do: 'wait'; readonly seconds: number }
  | { readonly do: 'settle' };

const upload = fc.nat(1);
const crashAfter = fc.option(fc.nat(12), { freq: 4, nil: undefined });
const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('request' as const), upload, crashAfter }) },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('send' as const), upload, isGood: fc.nat(4).map((draw) => draw > 0) }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('confirm' as const), upload, crashAfter }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('abort' as const), upload, crashAfter }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('delete' as const), upload, crashAfter }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('webhook' as const), upload, crashAfter }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('sweep' as const), storages: fc.boolean(), crashAfter }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('wait' as const), seconds: fc.constantFrom(60, 900, 90_000) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('settle' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('update' as const), upload, crashAfter }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('retire' as const), crashAfter }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('erase' as const), crashAfter }) },
);

/** Groups of actions; those of one group happen at once. */
export const modelCases: fc.Arbitrary<readonly (readonly Action[])[]> = fc.array(
  fc.array(action, { minLength: 1, maxLength: 4 }),
  { minLength: 1, maxLength: 8 },
);

const RANKS: Readonly<Record<VideoStatus, number>> = {
  pending: 0,
  processing: 1,
  ready: 2,
  failed: 2,
  expired: 2,
  deleting: 3,
  deleted: 4,
};

/** Property 7: whatever happens in whatever order, and whichever process crashes, the end states are allowed ones. */
export async function runServiceModel(
  backend: ModelBackend,
  groups: readonly (readonly Action[])[],
  scheduler: fc.Scheduler | undefined,
): Promise<void> {
  const model = new ServiceModel(backend, scheduler);
  try {
    for (const group of groups) await model.happen(group);
    await model.comeToRest();
    await model.check();
    await model.erase();
  } finally {
    await backend.dispose();
  }
}

class ServiceModel {
  readonly #backend: ModelBackend;
  readonly #scheduler: fc.Scheduler | undefined;
  readonly #records: MemoryVideoRecords;
  readonly #events: MemoryEventLog;
  readonly #hookVersions = new Map<string, Set<number>>();
  readonly #statuses = new Map<string, VideoStatus[]>();
  readonly #readyWithoutVideo: string[] = [];
  readonly #tickets: (UploadTicket | undefined)[] = [];

  constructor(backend: ModelBackend, scheduler: fc.Scheduler | undefined) {
    this.#backend = backend;
    this.#scheduler = scheduler;
    const { clock } = backend;
    this.#records = new MemoryVideoRecords({ clock });
    this.#events = new MemoryEventLog({ secrets: ['s'.repeat(40)], clock });
    this.#watchTransitions();
  }

  async happen(group: readonly Action[]): Promise<void> {
    await this.#scheduled(Promise.all(group.map((one) => this.#act(one))));
  }

  /** A waiting task continues only while the scheduler is awaited. */
  #scheduled<T>(happening: Promise<T>): Promise<T> {
    return this.#scheduler === undefined ? happening : this.#scheduler.waitFor(happening);
  }

  /** Enough sweeps for everything to end, by a process that does not crash. */
  async comeToRest(hours = 60): Promise<void> {
    for (let hour = 0; hour < hours; hour += 1) {
      this.#backend.clock.advance(3_600_000);
      await this.#backend.settle?.();
      await this.happen([{ do: 'sweep', storages: hour % 6 === 0, crashAfter: undefined }]);
    }
    assert.deepEqual(await this.#records.due(10), [], 'a record is still due after all sweeps');
  }

  async check(): Promise<void> {
    assert.deepEqual(this.#readyWithoutVideo, [], 'became ready while the storage had no video');
    const { records } = await this.#records.list({ limit: 100 });
    for (const record of records) await this.#checkRecord(record);
    const { videos } = await this.#backend.storage.listVideos();
    for (const { videoId } of videos) {
      assert.ok(
        records.some((record) => record.videoId === videoId && record.status === 'ready'),
        'a video without a record',
      );
    }
    const ready = records.filter(({ status }) => status === 'ready');
    const bytes = ready.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    const usage = await this.#records.usage('global', '');
    assert.deepEqual(
      { pending: usage.pending, videos: usage.videos, bytes: usage.bytes },
      { pending: 0, videos: ready.length, bytes },
    );
  }

  /** An erased person is named in no record and no history entry, whatever ends later. */
  async erase(): Promise<void> {
    let pending = Number.POSITIVE_INFINITY;
    for (let runs = 0; runs < 5 && pending > 0; runs += 1) {
      const receipt = await this.#scheduled(this.#node().eraseUser(ada.userId));
      pending = receipt.videosPending;
      await this.comeToRest(1);
    }
    const { records } = await this.#records.list({ limit: 100 });
    for (const { id, userId, fileName, status } of records) {
      assert.deepEqual([userId, fileName, status], ['', '', 'deleted']);
      assert.equal(await this.#events.verify(id), undefined);
    }
    assert.equal(pending, 0);
    assert.deepEqual((await this.#events.list({ userId: ada.userId, limit: 100 })).entries, []);
    assert.equal((await this.#records.usage('global', '')).videos, 0);
  }

  async #checkRecord(record: VideoRecord): Promise<void> {
    const { id, status, videoId } = record;
    assert.ok(['ready', 'failed', 'expired', 'deleted'].includes(status), `it ends with status ${status}`);
    const isThere = videoId !== null && (await this.#backend.storage.videoExists(videoId));
    assert.equal(isThere, status === 'ready', `${status}, and ${isThere ? 'there' : 'not there'}`);
    if (status === 'ready') {
      const { url } = await this.#scheduled(this.#node().getPlaybackUrl(teacher, id));
      assert.equal(await this.#backend.play(url), 200);
    }
    const statuses = this.#statuses.get(id) ?? [];
    for (const [index, next] of statuses.entries()) {
      assert.ok(index === 0 || RANKS[next] > RANKS[statuses[index - 1] ?? 'pending'], `back to ${next}: ${statuses}`);
    }
    const versions = this.#hookVersions.get(`ready ${id}`);
    // A delete may overtake a hook; but a video that ends as ready must have been reported.
    if (status === 'ready') assert.equal(versions?.size, 1, 'not reported as ready');
    assert.ok((versions?.size ?? 0) <= 1, 'reported as two transitions');
    if (versions !== undefined) assert.ok(statuses.includes('ready'), 'reported, and never ready');
    assert.equal(await this.#events.verify(id), undefined);
    const { entries } = await this.#events.list({ recordId: id, limit: 1000 });
    const chained = entries
      .filter(({ sequence }) => sequence !== null)
      .sort((one, other) => Number(one.sequence) - Number(other.sequence))
      .map(({ event }) => event);
    const once = chained.filter((event) => event !== 'video.updated');
    assert.equal(new Set(once).size, once.length, `twice in history: ${chained}`);
    // For an upload that was never created, only an erasure writes history.
    const first = chained[0] ?? 'nothing';
    assert.ok(
      videoId === null ? first === 'nothing' || first === 'upload.aborted' : first === 'upload.requested',
      first,
    );
    assert.equal(chained.includes('upload.confirmed'), record.uploadedAt !== null, `in history: ${chained}`);
    assert.ok(!chained.includes('video.ready') || statuses.includes('ready'), 'ready in history alone');
    if (status === 'ready') assert.ok(chained.includes('video.ready'), 'ready, and not in history');
  }

  async #act(one: Action): Promise<void> {
    switch (one.do) {
      case 'wait':
        return this.#backend.clock.advance(one.seconds * 1000);
      case 'settle':
        return this.#backend.settle?.();
      case 'send': {
        const ticket = this.#tickets[one.upload];
        return ticket === undefined ? undefined : orRefused(this.#backend.send(ticket, one.isGood));
      }
      default:
        return orRefused(this.#callService(one));
    }
  }

  async #callService(one: Exclude<Action, { readonly do: 'send' | 'wait' | 'settle' }>): Promise<void> {
    const service = this.#node(one.crashAfter);
    // A video without a record is deleted, never one with a record.
    if (one.do === 'sweep') return void (await service.sweep({ storages: one.storages, deleteOrphans: true }));
    if (one.do === 'retire') return void (await this.#node(one.crashAfter, 0).sweep({ storages: false }));
    if (one.do === 'erase') return void (await service.eraseUser(ada.userId));
    const { upload } = one;
    if (one.do === 'request') {
      const asked = service.getUploadUrl(ada, this.#backend.file, { idempotencyKey: `upload-${upload}` });
      this.#tickets[upload] = await asked;
      return;
    }
    const id = this.#tickets[upload]?.uploadReference;
    if (id === undefined) return;
    if (one.do === 'confirm') await service.confirmUpload(ada, id);
    if (one.do === 'update') await service.updateVideo(ada, id, { fileName: 'other.mp4' });
    if (one.do === 'abort') await service.abortUpload(ada, id);
    if (one.do === 'delete') await service.deleteVideo(teacher, id);
    const { videoId } = (await this.#records.get(id)) ?? {};
    if (one.do !== 'webhook' || !videoId) return;
    const request = await this.#backend.notify?.(videoId);
    if (request !== undefined) await service.handleWebhook(this.#backend.storage.backendName, request);
  }

  /** A separate process, which crashes after a number of calls to storage, records and log. */
  #node(crashAfter?: number, days?: number): VideoService {
    const lifetime = new Lifetime(crashAfter);
    const turn = (label: string) => this.#scheduler?.schedule(Promise.resolve(), label) ?? Promise.resolve();
    const report = (hook: string) => async (record: VideoRecord) => {
      lifetime.spend();
      const key = `${hook} ${record.id}`;
      this.#hookVersions.set(key, (this.#hookVersions.get(key) ?? new Set()).add(record.statusVersion));
    };
    return new VideoService({
      storages: [this.#seen(this.#backend.storage, lifetime, turn)],
      records: asSeenBy(this.#records, lifetime, turn),
      events: asSeenBy(this.#events, lifetime, turn),
      authorize: () => true,
      ...(days !== undefined && { retainFor: () => days }),
      // Polls of an idempotency key wait for a turn of the scheduler instead of time.
      clock: { now: () => this.#backend.clock.now(), sleep: async () => void (await turn('sleep')) },
      hooks: { onVideoReady: report('ready'), onVideoFailed: report('failed'), onVideoDeleted: report('deleted') },
    });
  }

  /** Costs are computed at once, as the port says. */
  #seen(storage: VideoStorage, lifetime: Lifetime, turn: (label: string) => Promise<unknown>): VideoStorage {
    const seen = asSeenBy(storage, lifetime, turn);
    const estimateCost = storage.estimateCost.bind(storage);
    return new Proxy(seen, {
      get: (object, name) => (name === 'estimateCost' ? estimateCost : Reflect.get(object, name)),
    });
  }

  async #hasVideo(id: string): Promise<boolean> {
    const { videoId } = (await this.#records.get(id)) ?? {};
    return typeof videoId === 'string' && this.#backend.storage.videoExists(videoId);
  }

  #watchTransitions(): void {
    const update = this.#records.update.bind(this.#records);
    this.#records.update = async (id, expectedVersion, patch) => {
      // Checked before the change, which succeeds only while no delete has begun. Kept for `check`, since a sweep continues
      // after errors.
      const hasVideo = patch.status !== 'ready' || (await this.#hasVideo(id));
      const changed = await update(id, expectedVersion, patch);
      if (changed !== undefined && !hasVideo) this.#readyWithoutVideo.push(id);
      if (changed !== undefined && patch.status !== undefined) {
        this.#statuses.set(id, [...(this.#statuses.get(id) ?? ['pending']), changed.status]);
      }
      return changed;
    };
  }
}

/** Refusals and crashes are expected in the model; any other error is a defect. */
async function orRefused(call: Promise<void>): Promise<void> {
  try {
    await call;
  } catch (error) {
    const isRefusal = isVideoStorageError(error) && error.code !== 'MISCONFIGURED';
    const isUnsent = error instanceof Error && error.name === 'Error' && error.message.includes('refused the bytes');
    if (!isRefusal && !isUnsent && !(error instanceof CrashError)) throw error;
  }
}
