import type { Clock, Validator } from '@videostorage/core';
import type { UploadTransport } from './upload-transport.ts';

/** Where unfinished uploads are remembered: the members of `Storage` that are used. */
export type UploadMemoryStorage = Pick<Storage, 'length' | 'key' | 'getItem' | 'setItem' | 'removeItem'>;

/** Options of `createUploader`. */
export interface UploaderOptions {
  /** How the uploader reaches the host app, for instance `createHttpTransport('/api/video')`. */
  readonly transport: UploadTransport;
  /** Checks a file before a ticket is requested. Default: none; the host app's own rules always apply. */
  readonly validator?: Pick<Validator, 'validateUploadRequest'> | undefined;
  /** How many files are sent at once, 1–10. Default 2. */
  readonly maxFiles?: number | undefined;
  /** How many parts of one file are sent at the same time in a multipart upload, 1–16. Default 4. */
  readonly maxParts?: number | undefined;
  /** Whether the browser asks for confirmation when the user leaves the page during an upload. Default false. */
  readonly guardUnload?: boolean | undefined;
  /** Where unfinished uploads are remembered. Default `localStorage`; without one, uploads cannot be resumed after the page is left. */
  readonly storage?: UploadMemoryStorage | undefined;
  /** Time without progress after which a request to the storage is aborted and sent again, 1–3 600 s. Default 30. */
  readonly stallSeconds?: number | undefined;
  /** The clock for times and waits; tests replace it. Default: the computer's. */
  readonly clock?: Clock | undefined;
}
