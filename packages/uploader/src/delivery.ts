import {
  BackendError,
  isVideoStorageError,
  UploadExpiredError,
  type UploadTicket,
  type VideoMetadata,
} from '@videostorage/core';
import type { BackOff } from './back-off.ts';
import { checkFile } from './check-file.ts';
import { isFinalRefusal, waitUntilReady } from './confirm-upload.ts';
import { createUpload, type FoundUpload, findUpload, identifyUpload, newUpload } from './find-upload.ts';
import { assertReadable } from './memory/file-fingerprint.ts';
import type { RememberedUpload } from './memory/remembered-uploads.ts';
import { withUploadLock } from './page/upload-locks.ts';
import { persist } from './persist.ts';
import { releaseUpload } from './release-upload.ts';
import type { RequestSender } from './send/request-sender.ts';
import { sendFile } from './send/send-file.ts';
import type { SendJob } from './send/send-job.ts';
import { storageSender } from './send/storage-sender.ts';
import type { UploadContext } from './upload-context.ts';
import type { MediaHint, UploadPhase } from './upload-handle.ts';
import type { UploadOptions } from './uploader.ts';

/** How often bytes that the storage seems to have lost are sent again. */
const MAX_ROUNDS = 6;
/** Bytes of a whole file are not sent again in a hurry. */
const PAUSE_BEFORE_ROUND_MS = 2000;
/** Of a form: the one before it is still being taken, by a connection that is dead but not yet known to be. */
const CONFLICT = 409;

/** What is delivered, and what stays known of it over pauses. */
export interface DeliveredUpload {
  /** The file. */
  readonly file: File;
  /** What is said of it. */
  readonly options: UploadOptions;
  /** Waits between tries, until bytes have arrived or the host has answered. */
  readonly backOff: BackOff;
  /** Once the file was looked at. */
  fingerprint: string | undefined;
  /** Once the file was looked at. */
  media: MediaHint | undefined;
  /** What the file goes on with, or begins as; another page may be sending it. */
  identified: RememberedUpload | undefined;
  /** Its own, from the moment on in which it alone sends it. */
  upload: RememberedUpload | undefined;
  /** Bytes that the storage has for certain. */
  arrivedBytes: number;
  /** Whether the storage may have bytes, for certain or not. */
  hasSent: boolean;
  /** Bytes of one request on their way. */
  setInFlight(request: number, bytes: number): void;
  /** Where it stands now. */
  enter(phase: UploadPhase, video?: VideoMetadata): void;
}

/** From the file to the ready video; loaded with the first file that is chosen. @throws the signal's reason, or what is final */
export async function deliver(
  delivered: DeliveredUpload,
  context: UploadContext,
  signal: AbortSignal,
): Promise<VideoMetadata> {
  return new Delivery(delivered, context, signal).run();
}

/** Releases an upload that is not sent any more; where another page sends it since, it is that page's. */
export async function releaseDelivered(upload: RememberedUpload, context: UploadContext): Promise<void> {
  try {
    await withUploadLock(upload.idempotencyKey, upload.fileName, () => releaseUpload(upload, context));
  } catch (error) {
    if (!isVideoStorageError(error) || error.code !== 'CONFLICT') throw error;
  }
}

class Delivery {
  readonly #of: DeliveredUpload;
  readonly #context: UploadContext;
  readonly #signal: AbortSignal;
  readonly #persist = <Result>(work: (signal: AbortSignal) => Promise<Result>): Promise<Result> =>
    persist(work, { signal: this.#signal, backOff: this.#of.backOff, connection: this.#context.connection });

  constructor(delivered: DeliveredUpload, context: UploadContext, signal: AbortSignal) {
    this.#of = delivered;
    this.#context = context;
    this.#signal = signal;
  }

  async run(): Promise<VideoMetadata> {
    const { file, options } = this.#of;
    if (this.#of.fingerprint === undefined) {
      const { fingerprint, media } = await checkFile(file, options, this.#context, this.#signal);
      this.#of.fingerprint = fingerprint;
      this.#of.media = media;
    }
    this.#signal.throwIfAborted();
    const { fingerprint } = this.#of;
    const identified =
      this.#of.upload ?? this.#of.identified ?? identifyUpload(file, fingerprint, options, this.#context);
    this.#of.identified = identified;
    const confirmed = await withUploadLock(identified.idempotencyKey, file.name, () => {
      // Not before: whoever is refused the lock must not release what another page sends.
      this.#of.upload = identified;
      return this.#confirmed(fingerprint);
    });
    return waitUntilReady(confirmed, this.#context, this.#persist, this.#signal, (video) => {
      // An answer is progress: encoding may take longer than a network holds without a break.
      this.#of.backOff.reset();
      this.#of.enter('processing', video);
    });
  }

  /** Everything until the host has confirmed. What the storage turns out not to have is sent again. */
  async #confirmed(fingerprint: string): Promise<VideoMetadata> {
    let isRenewed = false;
    for (let round = 1; ; round++) {
      const found = await this.#findOrCreate(fingerprint);
      this.#of.upload = found.upload;
      this.#signal.throwIfAborted();
      try {
        return await this.#sendAndConfirm(found);
      } catch (error) {
        this.#signal.throwIfAborted();
        const code = isVideoStorageError(error) ? error.code : undefined;
        // Nothing was sent with it: the person need not hear that a ticket ran out while they were away.
        const mayRenew = code === 'UPLOAD_EXPIRED' && !this.#of.hasSent && !isRenewed;
        if (!mayRenew && (code !== 'NOT_UPLOADED' || round >= MAX_ROUNDS)) throw error;
        if (mayRenew) {
          isRenewed = true;
          this.#startAnew(fingerprint);
        } else {
          const details = { cause: error, retryAfterMs: PAUSE_BEFORE_ROUND_MS };
          const pause = new BackendError('BACKEND_UNAVAILABLE', 'The file has not arrived.', details);
          await this.#of.backOff.wait(pause, this.#signal);
        }
      }
    }
  }

  async #findOrCreate(fingerprint: string): Promise<FoundUpload> {
    const { file, options } = this.#of;
    this.#of.enter('asking');
    const upload = this.#of.upload ?? this.#startAnew(fingerprint);
    const found = await findUpload(upload, this.#context, this.#persist);
    if (found !== undefined) return found;
    // Over: a key belongs to one upload for ever.
    const current = upload.uploadReference === undefined ? upload : this.#startAnew(fingerprint);
    try {
      return await createUpload(file, current, options, this.#context, this.#persist);
    } catch (error) {
      const code = isVideoStorageError(error) ? error.code : undefined;
      const isOver = code === 'CONFLICT' || code === 'UPLOAD_EXPIRED';
      if (!isOver || current !== upload) throw error;
      return createUpload(file, this.#startAnew(fingerprint), options, this.#context, this.#persist);
    }
  }

  #startAnew(fingerprint: string): RememberedUpload {
    const { memory, clock } = this.#context;
    const { file, options, upload } = this.#of;
    if (upload !== undefined) memory.forget(upload.idempotencyKey);
    this.#of.arrivedBytes = 0;
    this.#of.hasSent = false;
    const begun = newUpload(file, fingerprint, options.contextId, clock.now());
    this.#of.upload = begun;
    return begun;
  }

  /** A storage's refusal is not believed before the host was asked: a last answer may be lost, and its URL be used up. */
  async #sendAndConfirm({ upload, ticket, uploadedParts }: FoundUpload): Promise<VideoMetadata> {
    const refusal = ticket === undefined ? undefined : await this.#send(ticket, uploadedParts);
    const { memory, transport } = this.#context;
    const { idempotencyKey, uploadReference } = upload;
    if (refusal === undefined) memory.keep({ ...upload, pending: 'confirm' });
    this.#of.enter('confirming');
    const { durationSeconds } = this.#of.media ?? {};
    const body = durationSeconds === undefined ? {} : { durationSeconds };
    try {
      const video = await this.#persist((signal) => transport.confirmUpload(uploadReference, body, { signal }));
      memory.forget(idempotencyKey);
      return video;
    } catch (error) {
      if (isFinalRefusal(error)) memory.forget(idempotencyKey);
      if (!isVideoStorageError(error) || error.code !== 'NOT_UPLOADED') throw error;
      memory.keep(upload);
      if (refusal === undefined || ticket === undefined || refusal.status === CONFLICT) throw error;
      throw this.#isExpired(ticket, refusal) ? new UploadExpiredError({ cause: refusal }) : refusal;
    }
  }

  /** Sends all that is missing; what the storage refuses is returned. */
  async #send(ticket: UploadTicket, uploadedParts: SendJob['uploadedParts']): Promise<BackendError | undefined> {
    this.#of.enter('sending');
    try {
      await sendFile(ticket, this.#job(uploadedParts), this.#context.clock);
      return undefined;
    } catch (error) {
      if (isVideoStorageError(error) && error.code === 'BACKEND_REFUSED') return error;
      throw error;
    }
  }

  #isExpired(ticket: UploadTicket, { status }: BackendError): boolean {
    return status === 404 || status === 410 || Date.parse(ticket.expiresAt) <= this.#context.clock.now();
  }

  /** What is not refused may have brought bytes, also when no answer came. A file that has changed looks like a broken connection. */
  #noticing(send: RequestSender): RequestSender {
    return async (request) => {
      let isRefused = false;
      try {
        const answer = await send(request);
        isRefused = answer.status > 299;
        return answer;
      } catch (error) {
        if (!request.signal.aborted) await assertReadable(this.#of.file);
        throw error;
      } finally {
        if (request.body !== undefined && !isRefused) this.#of.hasSent = true;
      }
    };
  }

  #job(uploadedParts: SendJob['uploadedParts']): SendJob {
    const { transport, maxParts, connection, clock, stallMs } = this.#context;
    const { file, backOff } = this.#of;
    const signal = this.#signal;
    return {
      ...{ file, signal, transport, maxParts, uploadedParts },
      send: this.#noticing(storageSender(clock, stallMs)),
      persist: (work, own) =>
        persist(work, { signal: own?.signal ?? signal, backOff: own?.backOff ?? backOff, connection }),
      // A fact, also when nobody waits for it any more.
      arrived: (bytes) => {
        if (bytes > this.#of.arrivedBytes) backOff.reset();
        this.#of.arrivedBytes = bytes;
      },
      inFlight: (request, bytes) => {
        if (!signal.aborted) this.#of.setInFlight(request, bytes);
      },
    };
  }
}
