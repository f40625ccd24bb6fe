import type { Clock, Validator } from '@videostorage/core';
import type { RememberedUploads } from './memory/remembered-uploads.ts';
import type { Connection } from './page/connection.ts';
import type { UploadTransport } from './upload-transport.ts';

/** Objects that all uploads of one uploader share. */
export interface UploadContext {
  readonly transport: UploadTransport;
  readonly validator: Pick<Validator, 'validateUploadRequest'> | undefined;
  readonly maxParts: number;
  readonly stallMs: number;
  readonly memory: RememberedUploads;
  readonly connection: Connection;
  readonly clock: Clock;
}
