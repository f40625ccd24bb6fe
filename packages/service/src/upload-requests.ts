import {
  type CallOptions,
  type Clock,
  ConfigurationError,
  ConflictError,
  callOptionsOf,
  describeError,
  isVideoStorageError,
  type Logger,
  MEDIA_TYPES,
  randomId,
  StoreUnavailableError,
  UploadExpiredError,
  type UploadRequest,
  type UploadRequestBody,
  type UploadTicket,
  ValidationError,
  Validator,
  VideoNotFoundError,
  type VideoStorage,
} from '@videostorage/core';
import type { Actor } from './actor.ts';
import { MAX_DURATION_SECONDS } from './observed-facts.ts';
import type { RefusalHistory } from './refusal-history.ts';
import { requestOf } from './request-of.ts';
import type { Storages } from './storages.ts';
import type { Transitions } from './transitions.ts';
import type { NewVideoRecord, VideoRecord } from './video-record.ts';
import type { Quota, VideoRecords } from './video-records.ts';

/** Options of `getUploadUrl`. */
export interface UploadRequestOptions extends CallOptions {
  /** A key for each file that a user chooses: repeating the same request with it gives the same ticket. 1–128 printable characters. */
  readonly idempotencyKey?: string | undefined;
}

/** An upload request as a browser sends it, and the member that only the host app's server may add. */
export type ServiceUploadRequest = UploadRequestBody & {
  /** The host app's id of the submission that the video belongs to: 1–128 printable characters without spaces. */
  readonly submissionId?: string | undefined;
};

/** The facts of a request, as its record keeps them. */
type RequestFacts = Omit<NewVideoRecord, 'id' | 'expiresInSeconds' | 'dueInSeconds'>;

const PRINTABLE = /^[\x21-\x7e]{1,128}$/;
/** `expiresAt` of a record until its ticket is issued. */
const LONGEST_TICKET_SECONDS = 24 * 60 * 60;
/** Time until a sweep first examines a record; one without a ticket by then is discarded. */
const FIRST_LOOK_SECONDS = 60;
/** How long another call of the same key may take to create its upload before this one does it. */
const POLLS = 20;
const POLL_MS = 100;
/** How often a key may be found free again before the caller is asked to try again. */
const MAX_TRIES = 3;
const BEING_CREATED = 'This upload is being created by another call; please try again.';

/** More than any storage accepts for one file, including S3's 48.8 TiB; sums of many such sizes are still exact numbers. */
const MAX_SIZE_BYTES = 64 * 2 ** 40;

/** Brings a request into canonical form only: which sizes, types and durations are accepted is decided by the storage. */
const CANONICAL = new Validator({
  maxSizeBytes: MAX_SIZE_BYTES,
  maxDurationSeconds: MAX_DURATION_SECONDS,
  mimeTypes: MEDIA_TYPES.map(({ mimeType }) => mimeType),
});

/**
 * Record first, then the ticket: after a crash there is a record that the sweep finds, never bytes without a record.
 * A refused request creates no record.
 */
export class UploadRequests {
  readonly #storages: Storages;
  readonly #records: VideoRecords;
  readonly #refusals: RefusalHistory;
  readonly #transitions: Transitions;
  readonly #quotas: readonly Quota[];
  readonly #chooseBackend: ((request: UploadRequest) => string) | undefined;
  readonly #clock: Clock;
  readonly #logger: Logger;

  constructor(
    parts: {
      storages: Storages;
      records: VideoRecords;
      refusals: RefusalHistory;
      transitions: Transitions;
      clock: Clock;
      logger: Logger;
    },
    quotas: readonly Quota[],
    chooseBackend: ((request: UploadRequest) => string) | undefined,
  ) {
    this.#storages = parts.storages;
    this.#records = parts.records;
    this.#refusals = parts.refusals;
    this.#transitions = parts.transitions;
    this.#clock = parts.clock;
    this.#logger = parts.logger;
    this.#quotas = quotas;
    this.#chooseBackend = chooseBackend;
  }

  /** Returns the ticket, with the record's ids. The caller has checked the right. */
  async create(actor: Actor, request: ServiceUploadRequest, options: UploadRequestOptions): Promise<UploadTicket> {
    const { submissionId, ...body } = request;
    const { idempotencyKey } = options;
    checkText('submissionId', submissionId);
    checkText('idempotencyKey', idempotencyKey);
    const { userId, tenantId } = actor;
    const asked = { ...body, userId, tenantId };
    const canonical = await this.#canonical(actor, asked, options);
    const storage = this.#choose(canonical);
    const facts = {
      ...{ backendName: storage.backendName, userId: canonical.userId },
      ...{ contextId: canonical.contextId ?? null, tenantId: canonical.tenantId ?? null },
      ...{ submissionId: submissionId ?? null, idempotencyKey: idempotencyKey ?? null },
      ...{ fileName: canonical.fileName, mimeType: canonical.mimeType, sizeBytes: canonical.sizeBytes },
      ...{ maxDurationSeconds: canonical.maxDurationSeconds ?? null, custom: canonical.custom ?? {} },
    };
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      const id = randomId();
      const record = await this.#insert(actor, { id, ...facts }, options);
      if (record.id === id) return this.#createAt(actor, record, asked, options);
      const ticket = await this.#again(actor, record, facts, asked, options);
      if (ticket !== undefined) return ticket;
    }
    throw new StoreUnavailableError(BEING_CREATED);
  }

  async #canonical(actor: Actor, asked: UploadRequest, options: CallOptions): Promise<UploadRequest> {
    try {
      const { maxDurationSeconds, ...request } = CANONICAL.validateUploadRequest(asked);
      // The storage also decides which limit a request without one gets.
      return asked.maxDurationSeconds === undefined ? request : { ...request, maxDurationSeconds };
    } catch (error) {
      // Logged here, since the storage, which logs its own refusals, is not called.
      const code = isVideoStorageError(error) ? error.code : 'INTERNAL';
      const { contextId } = asked;
      this.#logger.log('warn', 'upload.rejected', {
        ...{ userId: actor.userId, code },
        ...(contextId !== undefined && { contextId }),
        ...requestOf(options),
      });
      await this.#reject(actor, asked.contextId, error, options);
      throw error;
    }
  }

  #choose(request: UploadRequest): VideoStorage {
    const name = this.#chooseBackend?.(request);
    if (name === undefined) return this.#storages.default;
    const chosen = this.#storages.all.find(({ backendName }) => backendName === name);
    if (chosen !== undefined) return chosen;
    const known = this.#storages.all.map(({ backendName }) => `"${backendName}"`).join(', ');
    throw new ConfigurationError(`VideoService: \`chooseBackend\` must return one of ${known}.`);
  }

  async #insert(
    actor: Actor,
    record: RequestFacts & Pick<VideoRecord, 'id'>,
    options: CallOptions,
  ): Promise<VideoRecord> {
    const times = { expiresInSeconds: LONGEST_TICKET_SECONDS, dueInSeconds: FIRST_LOOK_SECONDS };
    try {
      return await this.#records.insert({ ...record, ...times }, this.#quotas);
    } catch (error) {
      if (isVideoStorageError(error) && error.code === 'QUOTA_EXCEEDED') {
        this.#logger.log('warn', 'quota.denied', {
          userId: record.userId,
          scope: error.scope,
          ...(error.limit !== undefined && { limit: error.limit }),
          code: error.code,
          ...requestOf(options),
        });
        await this.#reject(actor, record.contextId, error, options);
      }
      throw error;
    }
  }

  async #createAt(
    actor: Actor,
    record: VideoRecord,
    asked: UploadRequest,
    options: CallOptions,
  ): Promise<UploadTicket> {
    const storage = this.#storages.of(record);
    let issued: UploadTicket;
    try {
      issued = await storage.getUploadUrl({ ...asked, uploadId: record.id }, callOptionsOf(options));
    } catch (error) {
      await this.#refuse(actor, record, error, options);
      throw error;
    }
    const ticket = { ...issued, videoId: record.id, uploadReference: record.id };
    const { videoId, uploadReference, expiresAt } = issued;
    const facts = { videoId, uploadReference, expiresAt, ticket, dueInSeconds: FIRST_LOOK_SECONDS };
    const created = await this.#records.update(record.id, record.version, facts);
    if (created !== undefined) {
      // Refusing without releasing would keep the quota, and bytes at the provider, for an upload that nobody can send.
      await this.#transitions.writeHistoryOrLeave(created, options);
      return ticket;
    }
    const other = await this.#records.get(record.id);
    const isOpen = other?.status === 'pending';
    if (isOpen && other.ticket !== null) return this.#unexpired(other.ticket);
    // Another call with the same key is creating the upload; aborting here would abort that one, which has the same id.
    if (isOpen) throw new StoreUnavailableError(BEING_CREATED);
    // Aborted or swept meanwhile: the created upload is released, since its ticket is not issued.
    await storage.abortUpload(uploadReference, { userId: record.userId, ...requestOf(options) });
    throw new VideoNotFoundError();
  }

  /** Nothing was created, or it was released within the call: only with a key can the same upload be requested again. */
  async #refuse(actor: Actor, record: VideoRecord, error: unknown, options: CallOptions): Promise<void> {
    const mayComeAgain = isVideoStorageError(error) && error.retryable && record.idempotencyKey !== null;
    const wasRateLimited = isVideoStorageError(error) && error.code === 'RATE_LIMITED';
    if (mayComeAgain && !wasRateLimited) return;
    try {
      await this.#records.discard(record.id, record.version);
    } catch (failure) {
      // The sweep discards it later; the caller must get the error that explains why there is no upload.
      this.#logger.log('error', 'hook.failed', {
        ...{ videoId: record.id, backendName: record.backendName, operation: 'discard' },
        ...requestOf(options),
        ...describeError(failure),
      });
    }
    // A caller's own abort is not a refusal.
    const { signal } = options;
    if (signal?.aborted && error === signal.reason) return;
    await this.#reject(actor, record.contextId, error, options);
  }

  async #reject(actor: Actor, contextId: unknown, error: unknown, options: CallOptions): Promise<void> {
    const errorCode = isVideoStorageError(error) ? error.code : 'INTERNAL';
    await this.#refusals.append(actor, { recordId: null, event: 'upload.rejected', contextId, errorCode }, options);
  }

  /**
   * For a known key: the same request gets the same ticket; a creation that ended without an answer is repeated. Undefined:
   * the upload was refused or released meanwhile, and the key is free again.
   */
  async #again(
    actor: Actor,
    known: VideoRecord,
    facts: RequestFacts,
    asked: UploadRequest,
    options: CallOptions,
  ): Promise<UploadTicket | undefined> {
    if (!isSameRequest(known, facts)) {
      throw new ConflictError('This idempotency key belongs to another request; make a new one for each file.');
    }
    let record: VideoRecord | undefined = known;
    for (let poll = 0; poll < POLLS; poll++) {
      if (record === undefined || record.ticket !== null || record.status !== 'pending') break;
      await this.#clock.sleep(POLL_MS, options.signal);
      record = await this.#records.get(known.id);
    }
    if (record === undefined) return undefined;
    if (record.status === 'expired') throw new UploadExpiredError();
    if (record.status !== 'pending') throw new ConflictError('This upload has ended; make a new key to upload again.');
    if (record.ticket !== null) return this.#unexpired(record.ticket);
    // Only the call that changes the version first creates the upload; the ticket of another could not be stored.
    const taken = await this.#records.update(record.id, record.version, { dueInSeconds: FIRST_LOOK_SECONDS });
    if (taken === undefined) throw new StoreUnavailableError(BEING_CREATED);
    return this.#createAt(actor, taken, asked, options);
  }

  /**
   * An expired ticket is not returned: nothing can be sent with it, and bytes that have arrived are confirmed by the
   * record's id.
   */
  #unexpired(ticket: UploadTicket): UploadTicket {
    if (Date.parse(ticket.expiresAt) > this.#clock.now()) return ticket;
    throw new UploadExpiredError();
  }
}

/** Compares all facts of a request: otherwise repeating a key with another request would return a ticket for the wrong file. */
function isSameRequest(record: VideoRecord, facts: RequestFacts): boolean {
  return textOf(record) === textOf(facts);
}

function textOf({ fileName, sizeBytes, mimeType, maxDurationSeconds, custom, ...record }: RequestFacts): string {
  const { contextId, tenantId, submissionId } = record;
  const file = [fileName, sizeBytes, mimeType, maxDurationSeconds, Object.entries(custom).sort()];
  return JSON.stringify([...file, contextId, tenantId, submissionId]);
}

function checkText(path: string, value: unknown): void {
  if (value === undefined || (typeof value === 'string' && PRINTABLE.test(value))) return;
  const message = `The ${path} must have 1 to 128 printable characters without spaces.`;
  throw new ValidationError([{ path, code: 'ID_INVALID', message }]);
}
