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
import { createUpload, type FoundUpload, findUpload, identifyUpload, isIssued } from './find-upload.ts';
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

/** How often a file is sent when each confirm answers that it has not arrived. */
const MAX_ROUNDS = 6;
/** Shortest wait before a whole file is sent again. */
const PAUSE_BEFORE_ROUND_MS = 2000;
/** For a form: the storage may still be receiving the previous one, over a dead connection that it has not noticed. */
const CONFLICT = 409;

/** The upload of one file up to the ready video, and its state across pauses. */
export interface DeliveredUpload {
  /** The file. */
  readonly file: File;
  /** Options of the upload. */
  readonly options: UploadOptions;
  /** Waits between tries; starts over when bytes have arrived or the host app has answered. */
  readonly backOff: BackOff;
  /** Set once the file was checked. */
  fingerprint?: string | undefined;
  /** Set once the file was checked. */
  media?: MediaHint | undefined;
  /**
   * The remembered upload that the file may continue, or a new one; another page may be sending it, or it may be another
   * user's.
   */
  identified?: RememberedUpload | undefined;
  /** The upload of this page: the host app has confirmed its state, and only this page sends it. */
  upload?: RememberedUpload | undefined;
  /** Bytes that the storage has acknowledged. */
  readonly arrivedBytes: number;
  /** Whether the storage may have bytes whose loss the user has not been told about. */
  hasSent: boolean;
  /** Reports the bytes that the storage has acknowledged, including those of one request in flight. */
  arrive(bytes: number, request?: number): void;
  /** Reports bytes of one request in flight. */
  setInFlight(request: number, bytes: number): void;
  /** Reports the phase. */
  enter(phase: UploadPhase, video?: VideoMetadata): void;
}

/** The bytes that the storage has before anything is sent. */
type FoundBytes = Pick<FoundUpload, 'uploadedParts' | 'isNew'>;

/** From the file to the ready video; loaded with the first file that is chosen. @throws the signal's reason, or the final failure */
export async function deliver(
  delivered: DeliveredUpload,
  context: UploadContext,
  signal: AbortSignal,
): Promise<VideoMetadata> {
  return new Delivery(delivered, context, signal).run();
}

/** Releases an upload that is no longer sent here. Does nothing when another page is sending it meanwhile. */
export async function releaseDelivered(upload: RememberedUpload, context: UploadContext): Promise<void> {
  try {
    await withUploadLock(upload.idempotencyKey, upload.fileName, () => releaseUpload(upload, context), context.clock);
  } catch (error) {
    if (!isVideoStorageError(error) || error.code !== 'CONFLICT') throw error;
  }
}

class Delivery {
  readonly #of: DeliveredUpload;
  readonly #context: UploadContext;
  readonly #signal: AbortSignal;
  /** Keys of uploads that the file cannot continue. */
  readonly #tried = new Set<string>();
  #isRenewed = false;
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
    let confirmed: VideoMetadata | undefined;
    while (confirmed === undefined) {
      const upload =
        this.#of.upload ??
        this.#of.identified ??
        identifyUpload(file, fingerprint, options, this.#context, this.#tried);
      this.#of.identified = upload;
      confirmed = await withUploadLock(
        upload.idempotencyKey,
        file.name,
        () => this.#confirmed(upload),
        this.#context.clock,
      );
    }
    return waitUntilReady(confirmed, this.#context, this.#persist, this.#signal, (video) => {
      // An answer is progress: encoding may take longer than a network lasts without a break.
      this.#of.backOff.reset();
      this.#of.enter('processing', video);
    });
  }

  /** Everything until the host app has confirmed. Undefined when the file has to continue or begin another upload. */
  async #confirmed(upload: RememberedUpload): Promise<VideoMetadata | undefined> {
    for (let round = 1; ; round++) {
      const found = await this.#findOrCreate(this.#asRemembered(this.#of.upload ?? upload));
      if (found === undefined) return undefined;
      this.#of.upload = found.upload;
      this.#signal.throwIfAborted();
      try {
        return await this.#sendAndConfirm(found);
      } catch (error) {
        this.#signal.throwIfAborted();
        const code = isVideoStorageError(error) ? error.code : undefined;
        // Nothing was sent with the ticket, so the user need not be told that it has expired.
        if (code === 'UPLOAD_EXPIRED' && !this.#of.hasSent && !this.#isRenewed) return this.#renew(found.upload);
        // The error tells the user; another attempt gets a new upload.
        if (code === 'UPLOAD_EXPIRED') this.#of.hasSent = false;
        if (code !== 'NOT_UPLOADED' || round >= MAX_ROUNDS) throw error;
        const details = { cause: error, retryAfterMs: PAUSE_BEFORE_ROUND_MS };
        const pause = new BackendError('BACKEND_UNAVAILABLE', 'The file has not arrived.', details);
        await this.#of.backOff.wait(pause, this.#signal);
      }
    }
  }

  /**
   * Read again: another page may have received a reference before this one had the lock, and its bytes must not be sent
   * again.
   */
  #asRemembered(upload: RememberedUpload): RememberedUpload {
    if (isIssued(upload)) return upload;
    const { idempotencyKey } = upload;
    const known = this.#context.memory.list().find((each) => each.idempotencyKey === idempotencyKey);
    return known?.pending === 'release' ? upload : (known ?? upload);
  }

  /** Undefined when this upload cannot continue. */
  async #findOrCreate(upload: RememberedUpload): Promise<FoundUpload | undefined> {
    const { file, options } = this.#of;
    this.#of.enter('asking');
    if (isIssued(upload)) {
      const found = await findUpload(upload, this.#context, this.#persist);
      if (found === 'over') this.#context.memory.forget(upload.idempotencyKey);
      return typeof found === 'string' ? this.#leave(upload) : found;
    }
    // From now on a pause keeps this upload, and an abort releases it.
    this.#of.upload = upload;
    try {
      return await createUpload(file, upload, options, this.#context, this.#persist);
    } catch (error) {
      const code = isVideoStorageError(error) ? error.code : undefined;
      // A key belongs permanently to one upload.
      const isOver = code === 'CONFLICT' || code === 'UPLOAD_EXPIRED';
      if (!isOver || this.#isRenewed) throw error;
      return this.#renew(upload);
    }
  }

  /** Replaces an upload that has ended by a new one; only once, since a host app may refuse each. */
  #renew(upload: RememberedUpload): undefined {
    this.#isRenewed = true;
    this.#context.memory.forget(upload.idempotencyKey);
    return this.#leave(upload);
  }

  /** The file continues or begins another upload. */
  #leave(upload: RememberedUpload): undefined {
    this.#tried.add(upload.idempotencyKey);
    this.#of.identified = undefined;
    this.#of.upload = undefined;
    this.#of.arrive(0);
    this.#of.hasSent = false;
  }

  /**
   * A storage's refusal is final only after a confirm: perhaps the file has arrived, the answer was lost, and the URL is
   * used up.
   */
  async #sendAndConfirm({ upload, ticket, ...found }: FoundUpload): Promise<VideoMetadata> {
    const refusal = ticket === undefined ? undefined : await this.#send(ticket, found);
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

  /** Sends what is missing; returns the storage's refusal. */
  async #send(ticket: UploadTicket, found: FoundBytes): Promise<BackendError | undefined> {
    this.#of.enter('sending');
    try {
      await sendFile(ticket, this.#job(found), this.#context.clock);
      return undefined;
    } catch (error) {
      if (isVideoStorageError(error) && error.code === 'BACKEND_REFUSED') return error;
      throw error;
    }
  }

  #isExpired(ticket: UploadTicket, { status }: BackendError): boolean {
    return status === 404 || status === 410 || Date.parse(ticket.expiresAt) <= this.#context.clock.now();
  }

  /**
   * A request that was not refused may have delivered bytes, even without an answer. A changed file looks like a dropped
   * connection.
   */
  #noticing(send: RequestSender): RequestSender {
    return async (request) => {
      // The storage keeps no part of a form: when one got no answer, for instance because the computer slept, no bytes are
      // lost if its ticket expires meanwhile.
      let mayHaveArrived = request.body instanceof Blob;
      try {
        const answer = await send(request);
        mayHaveArrived = request.body !== undefined && answer.status <= 299;
        return answer;
      } catch (error) {
        if (!request.signal.aborted) await assertReadable(this.#of.file);
        throw error;
      } finally {
        if (mayHaveArrived) this.#of.hasSent = true;
      }
    };
  }

  #job({ uploadedParts, isNew }: FoundBytes): SendJob {
    const { transport, maxParts, connection, clock, stallMs } = this.#context;
    const { file, backOff } = this.#of;
    const signal = this.#signal;
    return {
      ...{ file, signal, transport, maxParts, uploadedParts, isNew },
      send: this.#noticing(storageSender(clock, stallMs)),
      persist: (work, own) =>
        persist(work, { signal: own?.signal ?? signal, backOff: own?.backOff ?? backOff, connection }),
      // Also after a pause or an abort: the bytes have arrived.
      arrived: (bytes, request) => {
        if (bytes > this.#of.arrivedBytes) backOff.reset();
        this.#of.arrive(bytes, request);
      },
      inFlight: (request, bytes) => {
        if (!signal.aborted) this.#of.setInFlight(request, bytes);
      },
    };
  }
}
