import type { Clock, Validator } from '@videostorage/core';
import type { UploadTransport } from './upload-transport.ts';

/** Where unfinished uploads are remembered: the part of `Storage` that is used. */
export type UploadMemoryStorage = Pick<Storage, 'length' | 'key' | 'getItem' | 'setItem' | 'removeItem'>;

/** Options of `createUploader`. */
export interface UploaderOptions {
  /** The host app. */
  readonly transport: UploadTransport;
  /** Checks a file before the host is asked. Default: the host's own rules alone, which decide in any case. */
  readonly validator?: Pick<Validator, 'validateUploadRequest'> | undefined;
  /** How many files are sent at once, 1–10. Default 2. */
  readonly maxFiles?: number | undefined;
  /** How many parts of one file are sent at once, 1–16. Default 4. */
  readonly maxParts?: number | undefined;
  /** Whether the browser asks before the page is left while an upload is not over. Default false. */
  readonly guardUnload?: boolean | undefined;
  /** Where unfinished uploads are remembered. Default `localStorage`; where there is none, they end with the page. */
  readonly storage?: UploadMemoryStorage | undefined;
  /** After so long without progress a request is ended and sent again, 1–3 600. Default 30. */
  readonly stallSeconds?: number | undefined;
  /** Time and waiting, for tests. Default: the computer's own. */
  readonly clock?: Clock | undefined;
}
