import type { UploadedPart } from '@videostorage/core';
import type { BackOff } from '../back-off.ts';
import type { UploadTransport } from '../upload-transport.ts';
import type { RequestSender } from './request-sender.ts';

/** What a protocol needs in addition to its ticket. */
export interface SendJob {
  /** The file that is sent. */
  readonly file: File;
  /** Ends the sending: a pause or an abort. */
  readonly signal: AbortSignal;
  /** Whether the upload was created for this sending, so that the storage has no byte of it. */
  readonly isNew: boolean;
  /** Sends one request, with a watchdog. */
  readonly send: RequestSender;
  /** The host app, for signatures. */
  readonly transport: UploadTransport;
  /** How many parts are sent at once. */
  readonly maxParts: number;
  /** Parts that the storage has already. */
  readonly uploadedParts: readonly UploadedPart[];
  /** Repeats work until it succeeds: waits while offline, backs off after retryable failures. */
  persist<Result>(
    work: (signal: AbortSignal) => Promise<Result>,
    own?: { readonly backOff: BackOff; readonly signal: AbortSignal },
  ): Promise<Result>;
  /**
   * Reports how many bytes the storage has acknowledged. They include those of `request`, default 0, which is no longer in
   * flight.
   */
  arrived(bytes: number, request?: number): void;
  /** Reports the bytes of one request in flight; 0 when it has failed. */
  inFlight(request: number, bytes: number): void;
}
