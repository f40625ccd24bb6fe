import { ConflictError, isVideoStorageError, type UploadedPart, type UploadTicket } from '@videostorage/core';
import { requestFor } from './check-file.ts';
import type { RememberedUpload } from './memory/remembered-uploads.ts';
import { randomKey } from './random-key.ts';
import { shownName } from './shown-name.ts';
import type { UploadContext } from './upload-context.ts';
import type { UploadOptions } from './uploader.ts';

/** Where sending begins. */
export interface FoundUpload {
  /** The entry that is remembered for another visit. */
  readonly upload: RememberedUpload & { readonly uploadReference: string };
  /** Absent when everything has arrived, and only the confirm is left or done. */
  readonly ticket?: UploadTicket;
  /** Whether it was created now, so that the storage has nothing of it. */
  readonly isNew: boolean;
  /** For multipart uploads: the parts that the storage has. */
  readonly uploadedParts: readonly UploadedPart[];
}

/** Repeats one call to the host app until it is answered. */
type Persist = <Result>(work: (signal: AbortSignal) => Promise<Result>) => Promise<Result>;

/**
 * The upload that a file continues, remembered from before, or a new one. `tried` has the keys of those that it cannot continue:
 * several users of a browser may have begun the same file, and only the host app can say whose an upload is.
 * @throws {ConflictError} an upload was named that was begun with another file
 */
export function identifyUpload(
  file: File,
  fingerprint: string,
  { contextId, uploadReference }: UploadOptions,
  { memory, clock }: Pick<UploadContext, 'memory' | 'clock'>,
  tried: ReadonlySet<string>,
): RememberedUpload {
  const known = memory.list().filter((each) => each.pending !== 'release' && !tried.has(each.idempotencyKey));
  if (uploadReference !== undefined && tried.size === 0) {
    const named = known.find((each) => each.uploadReference === uploadReference);
    if (named?.fingerprint === fingerprint) return named;
    const name = shownName(file.name);
    throw new ConflictError(
      named === undefined
        ? `The upload that “${name}” should continue is no longer known here; please upload it again.`
        : `“${name}” is not the file whose upload began, or has changed since; please choose “${shownName(named.fileName)}” as it was.`,
    );
  }
  const same = known.find((each) => each.fingerprint === fingerprint && each.contextId === contextId);
  return same ?? newUpload(file, fingerprint, contextId, clock.now());
}

/** A new key: an upload of its own, also of a file that was uploaded before. */
function newUpload(
  file: File,
  fingerprint: string,
  contextId: string | undefined,
  begunAtMs: number,
): RememberedUpload {
  return {
    ...{ idempotencyKey: randomKey(), fileName: file.name, sizeBytes: file.size, fingerprint, begunAtMs },
    ...(contextId !== undefined && { contextId }),
  };
}

/** An upload that the host app has issued a reference for. */
type IssuedUpload = FoundUpload['upload'];

/** Whether the host app has issued a reference for it. */
export function isIssued(upload: RememberedUpload): upload is IssuedUpload {
  return upload.uploadReference !== undefined;
}

/**
 * The state of an upload at the host app, if it can continue. It cannot when it is `over`, and when it is `unknown`: released
 * meanwhile, or another user's, who may want to continue it later.
 */
export async function findUpload(
  upload: IssuedUpload,
  { transport }: Pick<UploadContext, 'transport'>,
  persist: Persist,
): Promise<FoundUpload | 'over' | 'unknown'> {
  try {
    // Without the signal of pause and abort: without the answer it is unknown whose upload it is, and whether it may be
    // released.
    const state = await persist(() => transport.getUpload(upload.uploadReference, {}));
    const { status, ticket, uploadedParts = [] } = state;
    if (status === 'processing' || status === 'ready') return { upload, uploadedParts, isNew: false };
    if (status === 'pending' && ticket !== undefined) return { upload, ticket, uploadedParts, isNew: false };
    return 'over';
  } catch (error) {
    if (!isVideoStorageError(error)) throw error;
    if (error.code === 'VIDEO_NOT_FOUND') return 'unknown';
    if (error.code === 'UPLOAD_EXPIRED') return 'over';
    throw error;
  }
}

/** Requests a ticket under the upload's key, which is stored before, so that a lost answer does not matter. */
export async function createUpload(
  file: File,
  upload: RememberedUpload,
  options: UploadOptions,
  { transport, memory }: Pick<UploadContext, 'transport' | 'memory'>,
  persist: Persist,
): Promise<FoundUpload> {
  const { idempotencyKey } = upload;
  memory.keep(upload);
  const request = requestFor(file, options);
  try {
    // Without the signal of pause and abort: without the answer the upload could not be released.
    const ticket = await persist(() => transport.getUploadUrl(request, { idempotencyKey }));
    const created = { ...upload, uploadReference: ticket.uploadReference };
    memory.keep(created);
    return { upload: created, ticket, uploadedParts: [], isNew: true };
  } catch (error) {
    if (isVideoStorageError(error) && !error.retryable) memory.forget(idempotencyKey);
    throw error;
  }
}
