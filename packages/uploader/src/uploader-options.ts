import type { Clock, Validator } from '@videostorage/core';
import type { UploadTransport } from './upload-transport.ts';

/** Where unfinished uploads are remembered: the members of `Storage` that are used. */
export type UploadMemoryStorage = Pick<Storage, 'length' | 'key' | 'getItem' | 'setItem' | 'removeItem'>;

/** Options of `createUploader`. */
export interface UploaderOptions {
  /** The host app. */
  readonly transport: UploadTransport;
  /** Checks a file before a ticket is requested. Default: only the host app's rules, which apply in any case. */
  readonly validator?: Pick<Validator, 'validateUploadRequest'> | undefined;
  /** How many files are sent at once, 1–10. Default 2. */
  readonly maxFiles?: number | undefined;
  /** How many parts of one file are sent at once, 1–16, by multipart. Default 4. */
  readonly maxParts?: number | undefined;
  /** Whether the browser asks before the page is left while an upload is not over. Default false. */
  readonly guardUnload?: boolean | undefined;
  /** Where unfinished uploads are remembered. Default `localStorage`; without one, uploads end with the page. */
  readonly storage?: UploadMemoryStorage | undefined;
  /** A request to the storage that makes no progress for this long is aborted and sent again, 1–3 600. Default 30. */
  readonly stallSeconds?: number | undefined;
  /** Time and waits, for tests. Default: the computer's. */
  readonly clock?: Clock | undefined;
}
