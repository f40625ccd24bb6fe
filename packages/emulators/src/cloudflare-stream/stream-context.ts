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
  /** Of the REST API. */
  readonly apiOrigin: string;
  /** Origin of the upload hosts in answers to clients. */
  readonly uploadOrigin: string;
  /** Where bytes are kept. */
  readonly folder: string;
  /** The videos. */
  readonly library: VideoLibrary;
  /** Takes bytes in. */
  readonly encoder: Encoder;
  /** One-time links. */
  readonly basicUploads: BasicUploads;
  /** Resumable uploads. */
  readonly tusUploads: TusUploads;
  /** Keys of playback tokens. */
  readonly keys: SigningKeys;
  /** Calls the customer. */
  readonly webhooks: Webhooks;
  /** Which code the router answers with where no route leads. */
  readonly routerCode: 7000 | 7003;
  /** How `Upload-Metadata` is read. */
  readonly metadataRules: MetadataRules;
  /** How deletions are answered. */
  readonly deletionAnswer: DeletionAnswer;
  /** Profiles of watermarks. */
  readonly watermarks: Watermarks;
  /** What viewers get. */
  readonly renditions: Renditions;
  /** The time. */
  now(): number;
  /** How videos are shown. */
  readonly description: DescriptionContext;
}

/** One request to the API, verified to be the account's. */
export interface StreamCall {
  /** Its method, path and headers. */
  readonly request: IncomingMessage;
  /** To be answered. */
  readonly response: ServerResponse;
  /** After `?`. */
  readonly query: URLSearchParams;
  /** What the path's pattern caught, decoded. */
  readonly params: readonly string[];
  /** When it came. */
  readonly nowMs: number;
  /** The account. */
  readonly account: StreamContext;
}
