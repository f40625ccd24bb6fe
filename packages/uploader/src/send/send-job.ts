import type { UploadedPart } from '@videostorage/core';
import type { BackOff } from '../back-off.ts';
import type { UploadTransport } from '../upload-transport.ts';
import type { RequestSender } from './request-sender.ts';

/** What a way of sending is given beside its ticket. */
export interface SendJob {
  /** What is sent. */
  readonly file: File;
  /** Ends the sending, for a pause or for good. */
  readonly signal: AbortSignal;
  /** Sends one request, with a watchdog. */
  readonly send: RequestSender;
  /** The host app, for signatures. */
  readonly transport: UploadTransport;
  /** How many parts are sent at once. */
  readonly maxParts: number;
  /** Parts that the storage had before. */
  readonly uploadedParts: readonly UploadedPart[];
  /** Tries until it succeeds: waits while there is no network, backs off after what is temporary. */
  persist<Result>(
    work: (signal: AbortSignal) => Promise<Result>,
    own?: { readonly backOff: BackOff; readonly signal: AbortSignal },
  ): Promise<Result>;
  /** How many bytes the storage has for certain. */
  arrived(bytes: number): void;
  /** How many bytes of one request are on their way; 0 when it is over. */
  inFlight(request: number, bytes: number): void;
}
