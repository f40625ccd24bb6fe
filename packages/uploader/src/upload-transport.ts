import type {
  ConfirmUploadBody,
  SignedPart,
  UploadRequestBody,
  UploadState,
  UploadTicket,
  VideoMetadata,
} from '@videostorage/core';

/** Options of one call to the host. */
export interface TransportOptions {
  /** Ends the call; it rejects with the signal's own reason. */
  readonly signal?: AbortSignal | undefined;
  /** Makes asking for the same upload twice harmless; sent with `getUploadUrl` alone. */
  readonly idempotencyKey?: string | undefined;
}

/**
 * A host app seen from a browser that uploads. `createHttpTransport(endpoint)` is the one over the routes of
 * `@videostorage/http`; a host app may write its own. Every method rejects with an error of `@videostorage/core`, whose
 * `retryable` decides whether the uploader tries again.
 */
export interface UploadTransport {
  /** Asks for a ticket; the same idempotency key gives the same ticket. */
  getUploadUrl(request: UploadRequestBody, options: TransportOptions): Promise<UploadTicket>;
  /** Where an upload stands; while it is pending with its ticket and the parts that have arrived. */
  getUpload(uploadReference: string, options: TransportOptions): Promise<UploadState>;
  /** Signs 1–100 parts of a multipart upload. */
  signParts(
    uploadReference: string,
    partNumbers: readonly number[],
    options: TransportOptions,
  ): Promise<readonly SignedPart[]>;
  /** Makes what arrived a video; safe to repeat. */
  confirmUpload(uploadReference: string, body: ConfirmUploadBody, options: TransportOptions): Promise<VideoMetadata>;
  /** Releases an upload; on a confirmed one it changes nothing and succeeds. */
  abortUpload(uploadReference: string, options: TransportOptions): Promise<void>;
  /** A video from its confirm on; asked while it is being processed. */
  getVideo(videoId: string, options: TransportOptions): Promise<VideoMetadata>;
}
