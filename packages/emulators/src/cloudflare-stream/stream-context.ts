import type { IncomingMessage, ServerResponse } from 'node:http';
import type { BasicUploads } from './basic-uploads.ts';
import type { Encoder } from './encoder.ts';
import type { DeletionAnswer } from './envelope.ts';
import type { Renditions } from './renditions.ts';
import type { SigningKeys } from './signing-keys.ts';
import type { TusUploads } from './tus-uploads.ts';
import type { MetadataRules } from './upload-metadata.ts';
import type { VideoLibrary } from './video-library.ts';
import type { DescriptionContext } from './video-object.ts';
import type { Watermarks } from './watermarks.ts';
import type { Webhooks } from './webhooks.ts';

/** The parts of one emulated account. */
export interface StreamContext {
  /** The account's id. */
  readonly accountId: string;
  /** Origin of the REST API. */
  readonly apiOrigin: string;
  /** Origin of the upload hosts in answers to clients. */
  readonly uploadOrigin: string;
  /** Folder of all files. */
  readonly folder: string;
  /** The videos. */
  readonly library: VideoLibrary;
  /** Receives and inspects files. */
  readonly encoder: Encoder;
  /** One-time links. */
  readonly basicUploads: BasicUploads;
  /** Resumable uploads. */
  readonly tusUploads: TusUploads;
  /** Keys of playback tokens. */
  readonly keys: SigningKeys;
  /** Sends webhooks to the host app. */
  readonly webhooks: Webhooks;
  /** The code of the router's answer to an unknown path. */
  readonly routerCode: 7000 | 7003;
  /** How `Upload-Metadata` is read. */
  readonly metadataRules: MetadataRules;
  /** How deletions are answered. */
  readonly deletionAnswer: DeletionAnswer;
  /** Profiles of watermarks. */
  readonly watermarks: Watermarks;
  /** The files that viewers get. */
  readonly renditions: Renditions;
  /** The time. */
  now(): number;
  /** How the API describes videos. */
  readonly description: DescriptionContext;
}

/** One request to the API, verified to be the account's. */
export interface StreamCall {
  /** Its method, path and headers. */
  readonly request: IncomingMessage;
  /** The response to write. */
  readonly response: ServerResponse;
  /** The query of its URL. */
  readonly query: URLSearchParams;
  /** Values of the placeholders of the path, decoded. */
  readonly params: readonly string[];
  /** When the request arrived. */
  readonly nowMs: number;
  /** The account. */
  readonly account: StreamContext;
}
