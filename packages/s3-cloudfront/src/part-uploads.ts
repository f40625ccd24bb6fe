import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import {
  type CallRunner,
  type Clock,
  checkCallOptions,
  type MultipartUploads,
  refuseOption,
  type SignedPart,
  ticketEndsAtMs,
  toTimestamp,
  type UploadCallOptions,
  type UploadClaims,
  UploadExpiredError,
  type UploadedPart,
  uploadCallOptionSchemas,
  VideoNotFoundError,
} from '@videostorage/core';
import { type DeclaredUpload, videoKey } from '@videostorage/object-storage';
import type { ObjectKeys } from './object-key.ts';
import { partSizeBytesOf, planParts } from './part-plan.ts';
import type { S3Client } from './s3-client.ts';
import { decodeSentUpload, type MultipartState } from './sent-upload.ts';

const MAX_PARTS_A_CALL = 100;
/** Signing occupies the event loop: after so many parts, other requests of the host app get their turn. */
const SIGNED_AT_A_TIME = 20;
const PART_LIFETIME_SECONDS = 3600;

/** What the facet needs of its storage. */
export interface PartUploadsHost {
  /** S3's API. */
  readonly s3: S3Client;
  /** Names of objects. */
  readonly keys: ObjectKeys;
  /** The time. */
  readonly clock: Clock;
  /** The claims that a reference of this user carries. */
  claims(uploadReference: string, options: UploadCallOptions): Promise<UploadClaims>;
  /** The upload of a reference, with the state that this package put into it. */
  declaredUpload(uploadReference: string, options: UploadCallOptions): Promise<DeclaredUpload>;
  /** Runs work as one call of the storage. */
  readonly call: CallRunner;
}

/** Uploads in parts: signs each part just before it is sent, and lists the parts that have arrived. */
export class PartUploads implements MultipartUploads {
  readonly #host: PartUploadsHost;

  /** The facet of one storage. */
  constructor(host: PartUploadsHost) {
    this.#host = host;
  }

  /** @inheritDoc */
  signParts(
    uploadReference: string,
    partNumbers: readonly number[],
    options: UploadCallOptions,
  ): Promise<readonly SignedPart[]> {
    return this.#host.call('signParts', options, () => this.#signParts(uploadReference, partNumbers, options));
  }

  async #signParts(
    uploadReference: string,
    partNumbers: readonly number[],
    options: UploadCallOptions,
  ): Promise<readonly SignedPart[]> {
    const { claims, state, key } = await this.#resolve(uploadReference, options);
    const numbers = checkPartNumbers(partNumbers);
    const plan = planParts(claims.sizeBytes, state.partSizeBytes);
    const sizes = numbers.map((number) => partSizeBytesOf(number, claims.sizeBytes, plan));
    const nowMs = this.#host.clock.now();
    const leftSeconds = Math.floor((ticketEndsAtMs(claims) - nowMs) / 1000);
    if (leftSeconds < 1) throw new UploadExpiredError();
    const expiresInSeconds = await this.#host.s3.signableSeconds(Math.min(PART_LIFETIME_SECONDS, leftSeconds));
    const expiresAt = toTimestamp(nowMs + expiresInSeconds * 1000);
    const sign = await this.#host.s3.signParts({ key, s3UploadId: state.s3UploadId, expiresInSeconds });
    const parts: SignedPart[] = [];
    for (const [index, partNumber] of numbers.entries()) {
      if (index % SIGNED_AT_A_TIME === 0) await yieldToEventLoop();
      options.signal?.throwIfAborted();
      const sizeBytes = sizes[index] ?? 0;
      const url = await sign(partNumber, sizeBytes);
      // The length is signed; a browser sets Content-Length by itself and lets no script set it.
      parts.push({ partNumber, url, headers: {}, sizeBytes, expiresAt });
    }
    return parts;
  }

  /** @inheritDoc */
  listParts(uploadReference: string, options: UploadCallOptions): Promise<readonly UploadedPart[]> {
    return this.#host.call('listParts', options, async (call) => {
      const { claims, state, key } = await this.#resolve(uploadReference, options);
      const { s3 } = this.#host;
      const parts = await call.step('always', (signal) => s3.listParts(key, state.s3UploadId, signal));
      if (parts !== undefined) return parts.map(({ partNumber, sizeBytes }) => ({ partNumber, sizeBytes }));
      // Either a confirm has joined the parts, or they are gone. When that confirm did not finish, it is repeated and no part
      // is sent again.
      const joinedBytes = await call.step('always', (signal) => s3.getSizeBytes(key, signal));
      return joinedBytes === claims.sizeBytes ? plannedParts(joinedBytes, state) : [];
    });
  }

  async #resolve(
    uploadReference: string,
    options: UploadCallOptions,
  ): Promise<{ readonly claims: UploadClaims; readonly state: MultipartState; readonly key: string }> {
    const claims = await this.#host.claims(uploadReference, options);
    checkCallOptions(options, uploadCallOptionSchemas);
    const upload = await this.#host.declaredUpload(uploadReference, options);
    const state = decodeSentUpload(upload.state);
    // An upload by one POST has no parts.
    if (state === undefined || 'form' in state) throw new VideoNotFoundError();
    return { claims, state, key: this.#host.keys.toBucket(videoKey(upload.videoId)) };
  }
}

function plannedParts(sizeBytes: number, { partSizeBytes }: MultipartState): readonly UploadedPart[] {
  const plan = planParts(sizeBytes, partSizeBytes);
  const numbers = Array.from({ length: plan.partCount }, (_, index) => index + 1);
  return numbers.map((partNumber) => ({ partNumber, sizeBytes: partSizeBytesOf(partNumber, sizeBytes, plan) }));
}

function checkPartNumbers(partNumbers: readonly number[]): readonly number[] {
  if (Array.isArray(partNumbers) && partNumbers.length >= 1 && partNumbers.length <= MAX_PARTS_A_CALL)
    return partNumbers;
  const message = `Request 1 to ${MAX_PARTS_A_CALL} parts at a time.`;
  refuseOption('partNumbers', message);
}
