import {
  type CallOptions,
  type Clock,
  type ConfirmUploadBody,
  ConflictError,
  type CostEstimate,
  callOptionSchemas,
  canonicalId,
  checkCallOptions,
  checkedTimeoutMs,
  type Deletion,
  isVideoStorageError,
  type LimitScope,
  Logger,
  type Playback,
  type PlaybackBody,
  type PlaybackOptions,
  type SignedPart,
  systemClock,
  type UpdateVideoBody,
  type UploadState,
  type UploadTicket,
  type Usage,
  type VideoMetadata,
  VideoNotFoundError,
  type VideoPage,
  type VideoStorage,
  type WebhookRequest,
} from '@videostorage/core';
import { type Actor, canonicalActor } from './actor.ts';
import { callerOf } from './caller-of.ts';
import { confirmAnswer } from './confirm-answer.ts';
import { Erasure, type ErasureReceipt } from './erasure.ts';
import type { EventLog, LogPage } from './event-log.ts';
import { type EventListQuery, LISTED, Listings, type VideoListQuery } from './listings.ts';
import { Maintenance } from './maintenance.ts';
import type { MaintenanceHandle } from './maintenance-loop.ts';
import { ProcessingLooks } from './processing-looks.ts';
import { Reconciler } from './reconciler.ts';
import { RefusalHistory } from './refusal-history.ts';
import { CONFIRM_BODY, PLAYBACK_BODY, UPLOAD_REQUEST, UPLOAD_REQUEST_OPTIONS } from './request-bodies.ts';
import { requestOf } from './request-of.ts';
import { Rights } from './rights.ts';
import type { ServiceSweepOptions } from './service-sweep-options.ts';
import { Storages } from './storages.ts';
import type { SweepReport } from './sweep-report.ts';
import { toUploadState, toVideoMetadata } from './to-video-metadata.ts';
import { type Moved, Transitions } from './transitions.ts';
import { type ServiceUploadRequest, type UploadRequestOptions, UploadRequests } from './upload-requests.ts';
import type { VideoRecord } from './video-record.ts';
import type { VideoRecords } from './video-records.ts';
import { checkServiceOptions, type MaintenanceOptions, type VideoServiceOptions } from './video-service-options.ts';
import { VideoUpdates } from './video-updates.ts';
import { withMembers } from './with-members.ts';

/**
 * How a delete or an abort begins. It is due a little later: a sweep that continued it at once would write the history of a delete
 * without who requested it.
 */
const DELETE = { status: 'deleting', dueInSeconds: 10 } as const;

/** What the server adds to a grant that a browser requests: lifetime, download name and so on. */
export type GrantOptions = Omit<PlaybackOptions, 'viewer' | 'kind'>;

/** A month's cost at one storage. */
export interface StorageCost extends CostEstimate {
  /** Name of the storage. */
  readonly backendName: string;
}

/**
 * The workflow that a host app injects: upload, confirm, play and delete, with a record, rights, quotas and a history. Methods are
 * named as those of a storage; ids are those of the records. Many processes may work on the same records.
 */
export class VideoService {
  readonly #storages: Storages;
  readonly #records: VideoRecords;
  readonly #events: EventLog;
  readonly #logger: Logger;
  readonly #rights: Rights;
  readonly #listings: Listings;
  readonly #transitions: Transitions;
  readonly #reconciler: Reconciler;
  readonly #looks: ProcessingLooks;
  readonly #uploads: UploadRequests;
  readonly #maintenance: Maintenance;
  readonly #updates: VideoUpdates;
  readonly #erasure: Erasure;
  readonly #clock: Clock;
  readonly #onForeignWebhook: VideoServiceOptions['onForeignWebhook'];

  /** @throws {ConfigurationError} with every problem of the options and how to fix it */
  constructor(options: VideoServiceOptions) {
    const {
      records,
      events,
      authorize,
      quotas,
      chooseBackend,
      acceptUnverified,
      retainFor,
      hooks,
      cursorSecrets,
      ...rest
    } = checkServiceOptions(options);
    const storages = new Storages(rest.storages);
    const clock = rest.clock ?? systemClock;
    this.#storages = storages;
    this.#records = records;
    this.#events = events;
    this.#clock = clock;
    this.#logger = rest.logger ?? new Logger();
    this.#onForeignWebhook = rest.onForeignWebhook;
    const refusals = new RefusalHistory(events, this.#logger, clock);
    this.#rights = new Rights(records, refusals, this.#logger, authorize);
    this.#listings = new Listings({ records, events, rights: this.#rights }, cursorSecrets);
    const transitions = new Transitions(records, events, hooks ?? {}, storages, this.#logger, clock);
    const reconciler = new Reconciler(storages, records, transitions, acceptUnverified ?? (() => false), clock);
    const parts = { storages, records, events, refusals, transitions, reconciler, clock, logger: this.#logger };
    this.#transitions = transitions;
    this.#reconciler = reconciler;
    this.#looks = new ProcessingLooks(parts);
    this.#uploads = new UploadRequests(parts, quotas ?? [], chooseBackend);
    this.#maintenance = new Maintenance(parts, retainFor);
    this.#updates = new VideoUpdates({ ...parts, rights: this.#rights });
    this.#erasure = new Erasure(parts);
  }

  /** The injected storages, in the same order, for using what one of them offers in addition to the contract. */
  get storages(): readonly VideoStorage[] {
    return this.#storages.all;
  }

  /**
   * Creates an upload and returns its ticket. A refused request creates no record.
   * @throws {AccessError} @throws {ValidationError} @throws {QuotaExceededError} @throws {RateLimitedError}
   * @throws {ConflictError} the idempotency key belongs to another request, or to an upload that has ended
   * @throws {UploadExpiredError} the upload of the idempotency key has expired: ask again with a new key
   */
  async getUploadUrl(
    actor: Actor,
    request: ServiceUploadRequest,
    options: UploadRequestOptions = {},
  ): Promise<UploadTicket> {
    const by = callerOf(actor, options, UPLOAD_REQUEST_OPTIONS);
    const asked = checkCallOptions(request, UPLOAD_REQUEST);
    const contextId = canonicalId(asked.contextId) ?? asked.contextId;
    await this.#rights.check({ actor: by, operation: 'upload.request', contextId }, options);
    return this.#uploads.create(by, asked, options);
  }

  /** Status, ticket and uploaded parts of an upload: what a browser needs to resume it. @throws {VideoNotFoundError} */
  async getUpload(actor: Actor, uploadReference: string, options: CallOptions = {}): Promise<UploadState> {
    const record = await this.#rights.recordFor(callerOf(actor, options), uploadReference, 'upload.read', options);
    if (record.status === 'deleting' || record.status === 'deleted') throw new VideoNotFoundError();
    const state = toUploadState(record);
    if (state.ticket?.protocol !== 'multipart' || record.uploadReference === null) return state;
    const { userId } = record;
    const storage = this.#storages.of(record);
    const uploadedParts = await storage.multipart?.listParts(record.uploadReference, withMembers(options, { userId }));
    return uploadedParts === undefined ? state : { ...state, uploadedParts };
  }

  /** Signs 1–100 parts of a pending upload. @throws {VideoNotFoundError} @throws {ValidationError} @throws {ConflictError} */
  async signParts(
    actor: Actor,
    uploadReference: string,
    partNumbers: readonly number[],
    options: CallOptions = {},
  ): Promise<readonly SignedPart[]> {
    const record = await this.#rights.recordFor(callerOf(actor, options), uploadReference, 'upload.confirm', options);
    const { multipart } = this.#storages.of(record);
    if (record.status !== 'pending' || record.uploadReference === null || multipart === undefined) {
      throw new ConflictError('This upload takes no parts.');
    }
    return multipart.signParts(record.uploadReference, partNumbers, withMembers(options, { userId: record.userId }));
  }

  /**
   * Compares what arrived with what was declared, and publishes it as a video. Repeated calls give the same answer. The
   * duration in `body`, which a browser measured, is ignored.
   * @throws {VideoNotFoundError} @throws {NotUploadedError} @throws {ContentMismatchError} @throws {UploadExpiredError}
   * @throws {ContentUnverifiableError}
   */
  async confirmUpload(
    actor: Actor,
    uploadReference: string,
    body: ConfirmUploadBody = {},
    options: CallOptions = {},
  ): Promise<VideoMetadata> {
    const by = callerOf(actor, options);
    checkCallOptions(body, CONFIRM_BODY);
    const record = await this.#rights.recordFor(by, uploadReference, 'upload.confirm', options);
    const isPending = record.status === 'pending';
    return confirmAnswer(await (isPending ? this.#bring(record, options, by) : this.#looks.look(record, options)));
  }

  /** Cancels an upload. On a confirmed upload it succeeds and changes nothing. @throws {VideoNotFoundError} */
  async abortUpload(actor: Actor, uploadReference: string, options: CallOptions = {}): Promise<void> {
    const by = callerOf(actor, options);
    const record = await this.#rights.recordFor(by, uploadReference, 'upload.abort', options);
    if (record.status !== 'pending') return;
    // If a confirm was faster, it is a video now, which an abort must not delete.
    const begun = await this.#transitions.move(record, DELETE, options, 'pending');
    if (begun.record.status === 'deleting') await this.#finishDelete(by, begun, options);
  }

  /**
   * Issues a playback grant for one video and this actor; the access is written to the history before the grant is
   * issued. Set `options` on the server; never pass on a browser's values.
   * @throws {VideoNotFoundError} @throws {ConflictError} it is still being processed @throws {RateLimitedError}
   * @throws {ValidationError} an option, or a member that `body` does not have
   */
  async getPlaybackUrl(
    actor: Actor,
    videoId: string,
    body: PlaybackBody = {},
    options: GrantOptions = {},
  ): Promise<Playback> {
    const startedAtMs = this.#clock.now();
    const { kind } = checkCallOptions(body, PLAYBACK_BODY);
    // The storage checks the options, since it knows which ones there are.
    const by = canonicalActor(actor);
    const record = await this.#rights.recordFor(by, videoId, 'video.play', options);
    if (record.status === 'processing') throw new ConflictError('The video is still being processed.');
    if (record.status !== 'ready' || record.videoId === null) throw new VideoNotFoundError();
    const { contextId } = record;
    const [role] = by.roles;
    const viewer = { userId: by.userId, role: role ?? 'viewer', ...(contextId !== null && { contextId }) };
    const storage = this.#storages.of(record);
    const playback = await storage.getPlaybackUrl(record.videoId, withMembers(options, { kind, viewer }));
    await this.#events.append({
      ...{ recordId: record.id, occurrence: null, event: 'playback.issued', outcome: 'ok', errorCode: null },
      ...{ userId: by.userId, role: role ?? null, contextId, elapsedMs: this.#clock.now() - startedAtMs },
    });
    return { ...playback, videoId: record.id };
  }

  /**
   * Returns a video, from its confirm to its delete. While the video is being processed, its storage is queried at most
   * once in 2 seconds, so that a polling page sees it become ready even without a webhook.
   * @throws {VideoNotFoundError}
   */
  async getVideo(actor: Actor, videoId: string, options: CallOptions = {}): Promise<VideoMetadata> {
    const found = await this.#rights.recordFor(callerOf(actor, options), videoId, 'video.read', options);
    const record = await this.#looks.look(found, options);
    if (!LISTED.some((status) => status === record.status)) throw new VideoNotFoundError();
    return toVideoMetadata(record);
  }

  /**
   * Returns one page of the videos in the actor's tenant that the actor may read; a page may hold fewer than `limit`.
   * `authorize` is called once for the list, then for each record of the page. Default: videos that are processing,
   * ready or failed, newest first, 100 a page.
   * @throws {AccessError} @throws {ValidationError}
   */
  async listVideos(actor: Actor, query: VideoListQuery = {}, options: CallOptions = {}): Promise<VideoPage> {
    return this.#listings.videos(callerOf(actor, options), query, options);
  }

  /**
   * Changes display name and custom strings in the record; the storage is not called. Pass in `body` only what changes.
   * @throws {VideoNotFoundError} @throws {ValidationError}
   */
  async updateVideo(
    actor: Actor,
    videoId: string,
    body: UpdateVideoBody,
    options: CallOptions = {},
  ): Promise<VideoMetadata> {
    return this.#updates.update(callerOf(actor, options), videoId, body, options);
  }

  /**
   * Deletes a video or an upload: from here on no grant is issued. `purged` is false while a grant may still open the
   * video, or when the storage cannot be reached; the sweep then continues the delete. `retained` is true when the
   * storage may not remove the bytes yet.
   * @throws {VideoNotFoundError}
   */
  async deleteVideo(actor: Actor, videoId: string, options: CallOptions = {}): Promise<Deletion> {
    const by = callerOf(actor, options);
    const record = await this.#rights.recordFor(by, videoId, 'video.delete', options);
    return this.#finishDelete(by, await this.#transitions.move(record, DELETE, options), options);
  }

  /**
   * Verifies a provider's webhook, then reads the video's state from the storage: the webhook is only a hint. It does no
   * harm when a webhook is early, repeated, out of order or about an unknown video.
   * @throws {WebhookRefusedError} not verified or not readable
   * @throws {VideoNotFoundError} no such storage, or none with webhooks @throws {ValidationError} an option is invalid
   * @throws what a hook throws, and outages: answer 5xx, so that the sender tries again
   */
  async handleWebhook(backendName: string, request: WebhookRequest, options: CallOptions = {}): Promise<void> {
    checkCallOptions(options, callOptionSchemas);
    checkedTimeoutMs(options.timeoutMs);
    const storage = this.#storages.named(backendName);
    if (storage.webhooks === undefined) throw new VideoNotFoundError();
    let events: Awaited<ReturnType<typeof storage.webhooks.parse>>;
    try {
      events = await storage.webhooks.parse(request);
    } catch (error) {
      const code = isVideoStorageError(error) ? error.code : 'INTERNAL';
      this.#logger.log('warn', 'webhook.refused', { backendName, code, ...requestOf(options) });
      throw error;
    }
    for (const event of events) {
      this.#logger.log('info', 'webhook.accepted', { backendName, videoId: event.videoId, ...requestOf(options) });
      const record = await this.#records.findByVideoId(backendName, event.videoId);
      if (record === undefined) await this.#onForeignWebhook?.(event);
      else await this.#hint(record, options);
    }
  }

  /**
   * Examines the records that are due, and the storages; run it every minute, or use `startMaintenance`. Safe in many
   * processes at the same time.
   * @throws {ConfigurationError} an option is unknown or invalid @throws {ValidationError} `timeoutMs` is out of bounds
   */
  sweep(options: ServiceSweepOptions = {}): Promise<SweepReport> {
    return this.#maintenance.sweep(options);
  }

  /**
   * Sweeps every `everySeconds` (1–86 400, default 60) until stopped. Storages are examined once an hour; if one has more
   * items than a sweep examines, the next sweeps continue with it. A failing run is logged. Does not keep the process
   * alive.
   * @throws {ConfigurationError} an option is unknown or invalid
   */
  startMaintenance(options: MaintenanceOptions = {}): MaintenanceHandle {
    return this.#maintenance.start(options);
  }

  /**
   * Deletes everything that a user uploaded, queries the storages again to prove that it is gone, and blanks what
   * identifies the user in records and history, in all tenants. Not for browsers: it checks no rights. Call it again
   * until `videosPending` is 0. The README says what storages keep.
   * @throws {ValidationError} not an id of 1 to 128 bytes
   */
  eraseUser(userId: string, options: CallOptions = {}): Promise<ErasureReceipt> {
    return this.#erasure.erase(userId, options);
  }

  /**
   * Returns one page of the history, newest first. With `recordId`, the actor's right to that record is checked. An
   * actor of a tenant gets only entries about the tenant's records, so a page may hold fewer than `limit`.
   * @throws {AccessError} @throws {ValidationError} @throws {VideoNotFoundError} no such record
   */
  async listEvents(actor: Actor, query: EventListQuery = {}, options: CallOptions = {}): Promise<LogPage> {
    return this.#listings.events(callerOf(actor, options), query, options);
  }

  /**
   * Returns what one scope stores, in the form that `estimateCost` takes. `key` is the id of the user, context or
   * tenant; empty for `global`.
   */
  async usage(scope: LimitScope, key: string): Promise<Usage> {
    const { bytes, videos, seconds } = await this.#records.usage(scope, canonicalId(key) ?? key);
    return { storedBytes: bytes, views: 0, videos, storedMinutes: seconds / 60 };
  }

  /** Estimates what the given usage would cost per month at each of the storages, by their own price tables. */
  estimateCost(usage: Usage): readonly StorageCost[] {
    return this.#storages.all.map((storage) => ({
      backendName: storage.backendName,
      ...storage.estimateCost(usage),
    }));
  }

  async #bring(record: VideoRecord, options: CallOptions, by?: Actor): Promise<VideoRecord> {
    const { record: after, moved } = await this.#reconciler.reconcile(record, options);
    if (moved) await this.#transitions.completeOrLeave(after, options, by);
    return after;
  }

  async #finishDelete(actor: Actor, begun: Moved, options: CallOptions): Promise<Deletion> {
    if (begun.moved) await this.#transitions.writeHistory(begun.record, actor);
    try {
      const { status, retained } = await this.#bring(begun.record, options, actor);
      return { purged: status === 'deleted', ...(retained && { retained }) };
    } catch (error) {
      // The record keeps the delete: an outage only defers it.
      if (isVideoStorageError(error) && error.retryable) return { purged: false };
      throw error;
    }
  }

  /** Throws when the sender should try again: on an outage or a failing hook, not when bytes are missing or undetermined. */
  async #hint(record: VideoRecord, options: CallOptions): Promise<void> {
    let after: VideoRecord;
    try {
      ({ record: after } = await this.#reconciler.reconcile(record, options));
    } catch (error) {
      const code = isVideoStorageError(error) ? error.code : undefined;
      if (code === 'NOT_UPLOADED' || code === 'CONTENT_UNVERIFIABLE') return;
      throw error;
    }
    // What has just moved has not been reported either.
    if (after.notifiedAt === null) await this.#transitions.complete(after);
  }
}
