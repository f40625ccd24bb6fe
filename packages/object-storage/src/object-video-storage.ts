import {
  BaseStorage,
  type CallOptions,
  type ConfirmOptions,
  ConflictError,
  type ContentMatch,
  callOptionSchemas,
  checkCallOptions,
  checkOptions,
  type Deletion,
  type IdentifiedUploadRequest,
  type IssuedUpload,
  isVideoStorageError,
  type ListRequest,
  type Logger,
  type Maintenance,
  objectVideoId,
  parseObjectVideoId,
  randomId,
  type StorageCall,
  type StoredVideo,
  type StoredVideoPage,
  toTimestamp,
  type UploadCallOptions,
  type UploadClaims,
  VideoNotFoundError,
} from '@videostorage/core';
import { probeVideo } from '@videostorage/media';
import { ContentInspector } from './content-inspector.ts';
import { DeletionProgress } from './deletion-progress.ts';
import { nodeHmac } from './node-hmac.ts';
import { ObjectMaintenance } from './object-maintenance.ts';
import type { DeclaredUpload, ObjectStore } from './object-store.ts';
import type { ObjectVideoStorageOptions } from './object-video-storage-options.ts';
import { objectVideoStorageSchemas } from './object-video-storage-schemas.ts';
import { StoreSteps } from './store-steps.ts';
import { isOthers, toDeclaredUpload, UploadConfirmation } from './upload-confirmation.ts';
import { UploadDocuments } from './upload-documents.ts';
import { removeUpload } from './upload-removal.ts';
import { stringifyUploadState } from './upload-state.ts';
import { VideoDeletion } from './video-deletion.ts';
import { listVideos, toStoredVideo } from './video-list.ts';
import { isUndone } from './video-record.ts';

const DEFAULT_TIMEOUT_MS = 10_000;

/**
 * The base class of storages that keep files in a bucket or folder: it verifies, publishes, lists, deletes and sweeps
 * videos over an `ObjectStore`. A backend adds `doGetPlaybackUrl`, `estimateCost`, and optional members such as
 * `multipart`.
 */
export abstract class ObjectVideoStorage extends BaseStorage {
  /** @inheritDoc */
  override readonly maintenance: Maintenance;

  readonly #store: ObjectStore;
  readonly #inspector: ContentInspector;
  readonly #deletionProgress: DeletionProgress;
  readonly #logger: Logger | undefined;

  /**
   * `backendName` appears in references, errors and logs.
   * @throws {ConfigurationError} an option is missing or out of its bounds
   */
  constructor(backendName: string, options: ObjectVideoStorageOptions, store: ObjectStore) {
    super(backendName, options, nodeHmac);
    const given = { inspectContent: options.inspectContent, probe: options.probe };
    const { inspectContent = true } = checkOptions(backendName, given, objectVideoStorageSchemas);
    // Bound, since it may be a method of the options that uses `this`.
    const probe = options.probe?.bind(options) ?? probeVideo;
    this.#store = store;
    this.#logger = options.logger;
    this.#deletionProgress = new DeletionProgress(this.clock);
    this.#inspector = new ContentInspector(inspectContent ? probe : undefined, this.clock);
    this.maintenance = new ObjectMaintenance(
      (operation, callOptions, work) => this.call(operation, callOptions, work),
      this.clock,
      (call, endsAtMs, dryRun) => {
        const steps = new StoreSteps(store, call);
        const confirmation = new UploadConfirmation(steps, this.#inspector, this.clock);
        return {
          steps,
          confirmation,
          deletion: new VideoDeletion(steps, this.clock),
          clock: this.clock,
          dryRun,
          endsAtMs,
        };
      },
    );
  }

  /**
   * Deletes many videos. Call it again with the same ids until `purged` is true: each call purges as many videos as the
   * CDN accepts at a time. The first call makes three requests for each video and makes all of them unavailable; later
   * calls of the same process make requests only for the videos whose purge comes next. A call in another process makes
   * the three requests again. Ids without a video count as deleted.
   * @throws {VideoNotFoundError} an id that no object storage issues
   * @throws {TimeoutError} at the deadline of the whole call
   */
  deleteVideos(videoIds: readonly string[], options: CallOptions = {}): Promise<Deletion> {
    return this.call('deleteVideos', options, async (call) => {
      // Above all, `dryRun` is refused: only a sweep has it, and this call would delete.
      checkCallOptions(options, callOptionSchemas);
      const isList = Array.isArray(videoIds) && videoIds.every((videoId) => parseObjectVideoId(videoId) !== undefined);
      if (!isList) throw new VideoNotFoundError();
      const ids = [...new Set(videoIds)];
      const deletions = await this.#deletion(call).run(ids, { progress: this.#deletionProgress });
      const { backendName } = this;
      const { requestId } = options;
      ids.forEach((videoId, index) => {
        if (deletions[index]?.purged !== true) return;
        const fields = { backendName, videoId, ...(requestId !== undefined && { requestId }) };
        this.#logger?.log('info', 'video.deleted', fields);
      });
      return ofAll(deletions);
    });
  }

  /** The upload of a reference, for the `multipart` facet of a backend. @throws {VideoNotFoundError} a forged reference, or another user's */
  protected async declaredUpload(uploadReference: string, options: UploadCallOptions): Promise<DeclaredUpload> {
    return toDeclaredUpload(await this.claims(uploadReference, options));
  }

  protected override async doGetUploadUrl(request: IdentifiedUploadRequest, call: StorageCall): Promise<IssuedUpload> {
    const { uploadId, userId, sizeBytes, mimeType, fileName, custom } = request;
    const videoId = objectVideoId(uploadId, mimeType);
    const steps = new StoreSteps(this.#store, call);
    const decided = await new UploadDocuments(steps).readRecord(uploadId);
    if (decided?.state === 'ready' && decided.userId === userId) {
      throw new ConflictError('The upload of this id has been confirmed; choose another id for another video.');
    }
    if (decided !== undefined) throw new VideoNotFoundError();
    const { state, ...created } = await steps.createUpload({
      ...{ uploadId, videoId, userId, sizeBytes, mimeType },
      expiresAtMs: (protocol) => this.ticketExpiresAtMs(protocol),
    });
    const createdAt = toTimestamp(this.clock.now());
    return { ...created, videoId, state: stringifyUploadState({ createdAt, fileName, custom, state }) };
  }

  protected override async doConfirmUpload(
    claims: UploadClaims,
    options: ConfirmOptions,
    call: StorageCall,
  ): Promise<StoredVideo | undefined> {
    const endsAtMs = this.clock.now() + (options.timeoutMs ?? DEFAULT_TIMEOUT_MS);
    const steps = new StoreSteps(this.#store, call);
    const confirmation = new UploadConfirmation(steps, this.#inspector, this.clock);
    const acceptUnverified = options.acceptUnverified === true;
    const record = await confirmation.confirm(claims, { acceptUnverified, endsAtMs });
    return record && toStoredVideo(record);
  }

  /** The record has decided already; a second comparison could decide differently. */
  protected override matchClaims(): ContentMatch {
    return { outcome: 'match' };
  }

  protected override async doAbortUpload(claims: UploadClaims, call: StorageCall): Promise<boolean> {
    const { uploadId, videoId } = claims;
    const steps = new StoreSteps(this.#store, call);
    const documents = new UploadDocuments(steps);
    const upload = toDeclaredUpload(claims);
    const claim = await documents.readClaim(uploadId);
    if (claim !== undefined && isOthers(claim.declared, claims)) {
      // A confirm has elected another upload of the id, so only the sent bytes of this one exist. No event is logged: it would
      // name the video of the other upload.
      await steps.discardUpload(upload);
      return false;
    }
    const decidedAt = toTimestamp(this.clock.now());
    const aborted = { version: 1, state: 'aborted', videoId, decidedAt, purgeId: randomId() } as const;
    const standing = await documents.decide(uploadId, aborted).catch(async (error: unknown) => {
      if (!isVideoStorageError(error) || error.code !== 'BACKEND_FULL') throw error;
      // Removing the sent bytes makes space for the record. They are not served, and a confirm has a source of its own.
      await steps.discardUpload(upload);
      return documents.decide(uploadId, aborted);
    });
    if (!isUndone(standing)) return false;
    await removeUpload(steps, standing, upload);
    return true;
  }

  protected override async doDeleteVideo(videoId: string, call: StorageCall): Promise<Deletion> {
    return ofAll(await this.#deletion(call).run([videoId]));
  }

  protected override async doGetVideoMetadata(videoId: string, call: StorageCall): Promise<StoredVideo | undefined> {
    const { uploadId } = parseObjectVideoId(videoId) ?? {};
    if (uploadId === undefined) return undefined;
    const record = await new UploadDocuments(new StoreSteps(this.#store, call)).readRecord(uploadId);
    return record?.state === 'ready' && record.videoId === videoId ? toStoredVideo(record) : undefined;
  }

  protected override doListVideos(request: ListRequest, call: StorageCall): Promise<StoredVideoPage> {
    return listVideos(new StoreSteps(this.#store, call), request);
  }

  #deletion(call: StorageCall): VideoDeletion {
    return new VideoDeletion(new StoreSteps(this.#store, call), this.clock);
  }
}

/** The combined result of several deletions. */
function ofAll(deletions: readonly Deletion[]): Deletion {
  const retained = deletions.some((deletion) => deletion.retained === true);
  return { purged: deletions.every(({ purged }) => purged), ...(retained && { retained }) };
}
