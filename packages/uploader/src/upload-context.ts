import type { Clock, Validator } from '@videostorage/core';
import type { RememberedUploads } from './memory/remembered-uploads.ts';
import type { Connection } from './page/connection.ts';
import type { RequestSender } from './send/request-sender.ts';
import type { UploadTransport } from './upload-transport.ts';

/** What the uploads of one uploader share. */
export interface UploadContext {
  readonly transport: UploadTransport;
  readonly validator: Pick<Validator, 'validateUploadRequest'> | undefined;
  readonly maxParts: number;
  readonly memory: RememberedUploads;
  readonly connection: Connection;
  readonly send: RequestSender;
  readonly clock: Clock;
}

/** 128 random bits in hex: `crypto.randomUUID` is missing on pages without HTTPS. */
export function randomKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
