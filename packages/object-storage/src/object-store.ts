import type { IssuedUpload, OmitFromEach, UploadTicket } from '@videostorage/core';
import type { RangeReader } from '@videostorage/media';

/** An upload that is to be created. */
export interface NewUpload {
  /** Our id: 32 hexadecimal digits in lower case. Every key of the video follows from it; see `store-keys.ts`. */
  readonly uploadId: string;
  /** `<uploadId>-<extension>`. */
  readonly videoId: string;
  /** To whom the ticket is issued. A ticket must not serve another user who reuses the id, nor show this one. */
  readonly userId: string;
  /** Exact size that was declared; the ticket accepts no more. */
  readonly sizeBytes: number;
  /** Canonical type that was declared; served as `Content-Type`. */
  readonly mimeType: string;
  /** Until when sending may begin, by the protocol that the dialect chooses. Milliseconds since the epoch. */
  readonly expiresAtMs: (protocol: UploadTicket['protocol']) => number;
}

/**
 * A ticket as a dialect creates it. `state` is what the dialect needs again to find the upload, for instance S3's own
 * multipart upload id: at most 512 characters, signed into the reference, readable by the browser.
 */
export type CreatedUpload = OmitFromEach<IssuedUpload, 'videoId'>;

/** What names an upload: all that is needed to release it. */
export interface UploadHandle {
  /** Our id: 32 hexadecimal digits in lower case. */
  readonly uploadId: string;
  /** `<uploadId>-<extension>`. */
  readonly videoId: string;
  /** What `createUpload` gave; absent when it gave none, or when it is not known any more. */
  readonly state?: string;
}

/** An upload that is to be confirmed. */
export interface DeclaredUpload extends UploadHandle {
  /** Exact size that was declared. */
  readonly sizeBytes: number;
  /** Canonical type that was declared. */
  readonly mimeType: string;
}

/** Bytes that arrived and that no browser can change any more; written into the claim. */
export interface Source {
  /**
   * `copy`: can be read before it is placed (forms, tus). `parts`: can be read only at the final key, after placing has
   * completed the upload there (S3's parts, Azure's blocks).
   */
  readonly kind: 'copy' | 'parts';
  /** For `copy` the attempt that made it, for `parts` the provider's id of the upload. At most 1 024 characters. */
  readonly id: string;
}

/** Which page of a listing is asked for. */
export interface KeyPageRequest {
  /** Begin behind this key; absent = at the beginning. It need not exist any more. */
  readonly after?: string | undefined;
  /** Most entries of the page, 1–1 000. */
  readonly limit: number;
}

/** What a listing says of one key. */
export interface StoredKey {
  /** The whole key, for instance `records/0123….json`. */
  readonly key: string;
  /** When it was written last, by the store's clock. Milliseconds since the epoch. */
  readonly modifiedAtMs: number;
  /** Size of what is stored; absent when the store does not say. */
  readonly sizeBytes?: number;
}

/** One page of a listing in ascending order of UTF-16 code units (all keys are ASCII), without gaps. */
export interface KeyPage {
  /** At most `limit`. */
  readonly keys: readonly StoredKey[];
  /** Whether keys follow the last one of this page. An empty page has none behind it. */
  readonly more: boolean;
}

/** Bytes below `uploads/` (or parts that were never completed) that the sweep may free. */
export interface Leftover {
  /** Identifies it to `removeLeftover`; shown in the report of a sweep. At most 1 024 characters. */
  readonly id: string;
  /** The upload that it belongs to. */
  readonly uploadId: string;
  /** When it was begun or written last, whichever the store knows; never later than that. Milliseconds since the epoch. */
  readonly modifiedAtMs: number;
  /** Bytes that are freed; absent when the store does not say. */
  readonly sizeBytes?: number;
}

/** One page of leftovers. */
export interface LeftoverPage {
  /** In an order that stays. */
  readonly leftovers: readonly Leftover[];
  /** Begin the next page here; absent on the last page. */
  readonly cursor?: string;
}

/** One video whose edge copies are to go. */
export interface EdgePurge {
  /** Whose `videos/<uploadId>/*`, or cache tag. */
  readonly videoId: string;
  /**
   * This occurrence of removing bytes, 32 hexadecimal digits: a second life of the same id has another one. The same id
   * repeated asks for the status of the same purge; a new id is a new purge (S3).
   */
  readonly purgeId: string;
}

/** A cache in front of the store that keeps copies of what was played. */
export interface Edge {
  /** How many videos one call of `purge` may name; 15 for CloudFront's wildcards, 1 000 for cache tags. */
  readonly maxVideos: number;
  /**
   * Asks the edge to drop all copies of these videos. True when every edge has, false while it still works: the same purges
   * repeated give the status. Nothing may be called purged because another purge of the same video has ended.
   */
  purge(purges: readonly EdgePurge[], signal: AbortSignal): Promise<boolean>;
}

/**
 * A bucket or folder, as small operations: each is one step that the template may repeat (`call.step('always', …)`), cut off
 * at a deadline, run twice at once in several processes, or never follow by the next one. Nothing here has policy: no retry, no
 * order, no decision; the template (`ObjectVideoStorage`) holds those.
 *
 * What every dialect promises of every operation:
 * - **Atomic.** An operation has happened wholly or not at all for every reader; what is half-written is never read or listed.
 * - **Durable, and seen at once.** What has resolved survives a crash, and every process reads and lists it.
 * - **Repeatable.** The same operation again, also after an unknown outcome, is harmless and ends alike.
 * - **Absence is positive (§4.7).** `undefined`, `false` and an empty page are answers of the store itself that it holds no such
 *   thing. A bucket or folder that is gone, a router's 404, another account, an unreadable answer throw.
 * - **Errors** are those of core: `BackendError` by code, `notSent` where that is certain. An abort of `signal` ends the
 *   operation with the signal's reason. One stalled request ends by itself well below the deadline of a call (§4.8).
 * - **Nothing personal** stands in a key, header or metadata of an object that a grant opens (§4.9).
 */
export interface ObjectStore {
  /** Present when copies of played bytes stay somewhere in front of the store. */
  readonly edge?: Edge;

  /**
   * Creates an upload for one browser. The same `uploadId` again may give the same upload or another one, which becomes the
   * same video. What is sent lies where no playback grant reaches it, or is parts that are not completed.
   */
  createUpload(upload: NewUpload, signal: AbortSignal): Promise<CreatedUpload>;

  /**
   * Snapshots what has arrived so that no ticket, form or part URL can change it any more, and says where it is. The upload
   * itself stays. Undefined when nothing, or not everything, has arrived; a wrong size that can arrive is a snapshot, since the
   * template compares it. `attempt` names a copy; the same attempt again gives the same source, with the bytes of either time.
   */
  takeSource(upload: DeclaredUpload, attempt: string, signal: AbortSignal): Promise<Source | undefined>;

  /**
   * A reader on a source of kind `copy`; its `read` is one range request that throws a `BackendError` when the bytes are
   * gone meanwhile. Undefined when there is no such source.
   */
  openSource(upload: UploadHandle, source: Source, signal: AbortSignal): Promise<RangeReader | undefined>;

  /**
   * Puts a source at the video's final key, with the declared type as `Content-Type`. Safe to repeat: true when the final key
   * holds these bytes (placed now or earlier), false when the source is gone and the final key holds nothing. For `parts` it
   * completes the upload; a size that differs from the declared one is completed all the same.
   */
  placeSource(upload: DeclaredUpload, source: Source, signal: AbortSignal): Promise<boolean>;

  /** A reader on the final key of a video; undefined when it holds nothing. */
  openVideo(videoId: string, signal: AbortSignal): Promise<RangeReader | undefined>;

  /** Removes a source: a copy, or the parts of an upload that is not completed. What is placed stays. Missing is success. */
  discardSource(upload: UploadHandle, source: Source, signal: AbortSignal): Promise<void>;

  /**
   * Removes what browsers have sent for an upload, as far as the handle finds it: the file or form, the parts of `state`. Its
   * sources of kind `copy` stay. Missing is success.
   */
  discardUpload(upload: UploadHandle, signal: AbortSignal): Promise<void>;

  /**
   * Creates a small JSON document unless the key exists. Of any number at once, from any process, exactly one is true; false
   * means that a document stands there and can be read. The only conditional operation.
   */
  createDocument(key: string, text: string, signal: AbortSignal): Promise<boolean>;

  /** The text of a document; undefined when there is none. At most 64 KiB, else a `BackendError`. */
  readDocument(key: string, signal: AbortSignal): Promise<string | undefined>;

  /** Writes a document, whether it exists or not. */
  writeDocument(key: string, text: string, signal: AbortSignal): Promise<void>;

  /** Removes a document. Missing is success. */
  removeDocument(key: string, signal: AbortSignal): Promise<void>;

  /** One page of the documents below a prefix (`claims/`, `records/`). */
  listDocuments(prefix: string, page: KeyPageRequest, signal: AbortSignal): Promise<KeyPage>;

  /** One page of all keys below `videos/<uploadId>/` that are not hidden: the original and its renditions. */
  listVideoKeys(videoId: string, page: KeyPageRequest, signal: AbortSignal): Promise<KeyPage>;

  /**
   * Hides keys, of one or several videos, at most 1 000: from here on the store answers 404 for them. With versions they
   * become old ones. Missing is success; a key that could not be hidden throws, after all others were tried.
   */
  hideKeys(keys: readonly string[], signal: AbortSignal): Promise<void>;

  /**
   * Removes the hidden versions below `videos/<uploadId>/`, as many as one or two requests can. `retained`: some may not be
   * removed (Object Lock) and none of the others is left. A store without versions answers neither.
   */
  freeVersions(
    videoId: string,
    signal: AbortSignal,
  ): Promise<{
    /** Call again: others are left. */
    readonly more: boolean;
    /** Versions remain that may not be removed. */
    readonly retained: boolean;
  }>;

  /** One page of what was sent, snapshotted or begun and is still there, for the sweep. */
  listLeftovers(
    page: {
      /** From the page before. */
      readonly cursor?: string | undefined;
      /** Most leftovers of the page, 1–1 000. */
      readonly limit: number;
    },
    signal: AbortSignal,
  ): Promise<LeftoverPage>;

  /** Removes one. Missing is success. */
  removeLeftover(leftover: Leftover, signal: AbortSignal): Promise<void>;
}
