import type { IssuedUpload, OmitFromEach, UploadTicket } from '@videostorage/core';
import type { RangeReader } from '@videostorage/media';

/** An upload that is to be created. */
export interface NewUpload {
  /**
   * The library's id of the upload: 32 hexadecimal digits in lower case. All keys of the video follow from it; see
   * `videoPrefix` and `sourceKey`.
   */
  readonly uploadId: string;
  /** `<uploadId>-<extension>`. */
  readonly videoId: string;
  /**
   * The user to whom the ticket is issued. The ticket must not work for another user who uses the same id, and must not
   * contain this user id.
   */
  readonly userId: string;
  /** Exact size that was declared; the ticket accepts no more. */
  readonly sizeBytes: number;
  /** Canonical type that was declared; served as `Content-Type`. */
  readonly mimeType: string;
  /**
   * Returns when a ticket of the protocol that the dialect chooses expires, in milliseconds since the epoch: sending
   * must begin before this time.
   */
  readonly expiresAtMs: (protocol: UploadTicket['protocol']) => number;
}

/**
 * A ticket as an `ObjectStore` creates it. `state` is what the store needs later to find the upload, for instance S3's
 * own multipart upload id: at most 512 characters, signed into the reference, and readable by the browser.
 */
export type CreatedUpload = OmitFromEach<IssuedUpload, 'videoId'>;

/** Identifies an upload: what is needed to release it. */
export interface UploadHandle {
  /** The library's id of the upload: 32 hexadecimal digits in lower case. */
  readonly uploadId: string;
  /** `<uploadId>-<extension>`. */
  readonly videoId: string;
  /** The `state` that `createUpload` returned; absent when it returned none, or when it is no longer known. */
  readonly state?: string;
}

/** An upload that is to be confirmed. */
export interface DeclaredUpload extends UploadHandle {
  /** Exact size that was declared. */
  readonly sizeBytes: number;
  /** Canonical type that was declared. */
  readonly mimeType: string;
}

/**
 * Bytes that have arrived, in a place where no browser can change them any more. When several confirms run at the same
 * time, each may make its own source; one of them is elected and published.
 */
export interface Source {
  /**
   * `copy`: can be read before it is placed (forms, tus). `parts`: can be read only at the final key, after placing has
   * completed the upload there (S3's parts, Azure's blocks).
   */
  readonly kind: 'copy' | 'parts';
  /** For `copy` the attempt that made it, for `parts` the provider's id of the upload. At most 1 024 characters. */
  readonly id: string;
}

/** Which page of a listing to return. */
export interface KeyPageRequest {
  /** Start after this key, which need not exist any more; absent: at the first key. */
  readonly after?: string | undefined;
  /** Maximum number of entries in the page, 1–1 000. */
  readonly limit: number;
}

/** One entry of a listing. */
export interface StoredKey {
  /** The whole key, for instance `records/0123….json`. */
  readonly key: string;
  /** When it was last written, by the store's clock, in milliseconds since the epoch. */
  readonly modifiedAtMs: number;
  /** Size of what is stored; absent when the store does not say. */
  readonly sizeBytes?: number;
}

/** One page of a listing in the store's own order, which is ascending for our keys (they are ASCII), without gaps. */
export interface KeyPage {
  /** At most `limit` entries. */
  readonly keys: readonly StoredKey[];
  /** Whether keys follow the last one of this page. False on an empty page. */
  readonly more: boolean;
}

/**
 * Something that an upload has left behind and that the sweep may delete: bytes below `uploads/`, or parts that were
 * never completed.
 */
export interface Leftover {
  /** Identifies it to `removeLeftover`; shown in the report of a sweep. At most 1 024 characters. */
  readonly id: string;
  /** The upload that it belongs to. */
  readonly uploadId: string;
  /** When it was begun or last written, whichever the store knows, in milliseconds since the epoch; never a later time. */
  readonly modifiedAtMs: number;
  /** Bytes that are freed; absent when the store does not say. */
  readonly sizeBytes?: number;
}

/** One page of leftovers. */
export interface LeftoverPage {
  /** In a stable order. */
  readonly leftovers: readonly Leftover[];
  /** Pass it to get the next page; absent on the last page. */
  readonly cursor?: string;
}

/** One video whose copies the edge must drop. */
export interface EdgePurge {
  /** The video: everything below `videos/<uploadId>/`, or its cache tag. */
  readonly videoId: string;
  /**
   * Identifies this removal of bytes, 32 hexadecimal digits: when an upload id is used again, its next removal has a
   * different `purgeId`. Passing the same `purgeId` again asks for the status of the same purge; a new one begins a new
   * purge.
   */
  readonly purgeId: string;
}

/** A CDN in front of the store, which keeps copies of the files that viewers have loaded. */
export interface Edge {
  /** How many videos one call of `purge` may name; 15 for CloudFront's wildcards, 1 000 for cache tags. */
  readonly maxVideos: number;
  /**
   * Asks the edge to drop all copies of these videos. True when all are dropped, false while the edge is still working;
   * call it again with the same purges for the status. A purge that ended earlier says nothing about another purge of
   * the same video.
   */
  purge(purges: readonly EdgePurge[], signal: AbortSignal): Promise<boolean>;
}

/**
 * The operations that `ObjectVideoStorage` needs of a bucket or folder. An implementation for one provider is called a
 * dialect. Each operation is one step: `ObjectVideoStorage` may repeat it, end it at a deadline, run it in several
 * processes at the same time, or crash after it. Retries, order and decisions are the task of `ObjectVideoStorage`.
 *
 * Every operation of every dialect is:
 * - **Atomic.** Every reader sees it either completely done or not at all; nothing half-written is read or listed.
 * - **Durable, and immediately visible.** When it has resolved, its effect survives a crash, and every process reads and
 * lists it.
 * - **Repeatable.** Repeating it, even after an unknown outcome, is harmless and has the same result.
 * - **Certain about absence.** `undefined`, `false` and an empty page mean that the store itself says there is no such
 * thing. A missing bucket or folder, a router's 404, another account and an unreadable answer throw.
 * - **Explicit about errors.** They are core's: `BackendError` with its code, and with `notSent` when the request
 * certainly had no effect. An abort of `signal` ends the operation with the signal's reason. The dialect ends a stalled
 * request well before the deadline of a call.
 * - **Free of personal data.** No key, header or metadata of an object that a grant opens contains anything about a
 * person.
 */
export interface ObjectStore {
  /** The CDN in front of the store; absent when there is none. */
  readonly edge?: Edge;

  /**
   * Creates an upload for one browser. When called again with the same `uploadId`, it may return the same upload or
   * another upload of the same video. What is sent is stored where no playback grant reaches it, or as parts that are
   * not completed.
   */
  createUpload(upload: NewUpload, signal: AbortSignal): Promise<CreatedUpload>;

  /**
   * Takes a snapshot of what has arrived, so that no ticket, form or part URL can change it any more, and returns where
   * the snapshot is. The upload itself stays. Undefined when nothing, or not everything, has arrived. A file of the wrong
   * size is returned as a snapshot too, since `ObjectVideoStorage` compares the size. `attempt` names the snapshot; a
   * repeated call with the same attempt returns the same source, which holds the bytes as they were at one of the calls.
   */
  takeSource(upload: DeclaredUpload, attempt: string, signal: AbortSignal): Promise<Source | undefined>;

  /**
   * Returns a reader of a source of kind `copy`. Its `read` makes one range request, which throws a `BackendError` when
   * the bytes have been removed in the meantime. Undefined when there is no such source.
   */
  openSource(upload: UploadHandle, source: Source, signal: AbortSignal): Promise<RangeReader | undefined>;

  /**
   * Puts a source at the video's final key, with the declared type as `Content-Type`. True when the final key holds these bytes,
   * placed now or earlier; false when the source is gone and the final key holds nothing. For `parts` it completes the
   * upload, even when the size differs from the declared one.
   */
  placeSource(upload: DeclaredUpload, source: Source, signal: AbortSignal): Promise<boolean>;

  /** Returns a reader of a video's final key; undefined when the key holds nothing. */
  openVideo(videoId: string, signal: AbortSignal): Promise<RangeReader | undefined>;

  /**
   * Removes a source: a copy, or the parts of an upload that is not completed. The final key is not touched. Succeeds
   * also when the source is missing.
   */
  discardSource(upload: UploadHandle, source: Source, signal: AbortSignal): Promise<void>;

  /**
   * Removes what browsers have sent for an upload, as far as the handle identifies it: the file or form, or the parts of `state`.
   * Its sources of kind `copy` are not touched. Succeeds also when there is nothing to remove.
   */
  discardUpload(upload: UploadHandle, signal: AbortSignal): Promise<void>;

  /**
   * Creates a small JSON document unless the key exists. Of any number of simultaneous calls, from any process, exactly
   * one returns true; false means that a document exists and can be read. This is the only conditional operation.
   */
  createDocument(key: string, text: string, signal: AbortSignal): Promise<boolean>;

  /**
   * Returns the text of a document, at most 64 KiB; undefined when there is none.
   * @throws {BackendError} the document is larger than 64 KiB
   */
  readDocument(key: string, signal: AbortSignal): Promise<string | undefined>;

  /** Writes a document, whether it exists or not. */
  writeDocument(key: string, text: string, signal: AbortSignal): Promise<void>;

  /** Removes a document. Succeeds also when it is missing. */
  removeDocument(key: string, signal: AbortSignal): Promise<void>;

  /** One page of the documents below a prefix (`claims/`, `records/`). */
  listDocuments(prefix: string, page: KeyPageRequest, signal: AbortSignal): Promise<KeyPage>;

  /** One page of all keys below `videos/<uploadId>/` that are not hidden: the original and its renditions. */
  listVideoKeys(videoId: string, page: KeyPageRequest, signal: AbortSignal): Promise<KeyPage>;

  /**
   * Hides at most 1 000 keys of one or several videos: from now on the store answers 404 for them. Where the bucket keeps
   * versions, they become old versions. Succeeds for missing keys too; when a key could not be hidden, it throws after
   * trying all of them.
   */
  hideKeys(keys: readonly string[], signal: AbortSignal): Promise<void>;

  /**
   * Deletes hidden versions below `videos/<uploadId>/`, as many as one or two requests can delete. `more`: call again,
   * since other versions remain. `retained`: versions remain that may not be deleted yet (Object Lock). On a store
   * without versions both are false.
   */
  freeVersions(
    videoId: string,
    signal: AbortSignal,
  ): Promise<{
    /** Whether to call again: other versions remain. */
    readonly more: boolean;
    /** Whether versions remain that may not be removed. */
    readonly retained: boolean;
  }>;

  /**
   * Returns one page of what uploads have left behind, for the sweep: bytes that were sent, snapshots, and parts that
   * were never completed.
   */
  listLeftovers(
    page: {
      /** The `cursor` of the previous page; absent: the first page. */
      readonly cursor?: string | undefined;
      /** Maximum number of leftovers in the page, 1–1 000. */
      readonly limit: number;
    },
    signal: AbortSignal,
  ): Promise<LeftoverPage>;

  /** Removes one leftover. Succeeds also when it is missing. */
  removeLeftover(leftover: Leftover, signal: AbortSignal): Promise<void>;
}
