import { ConflictError, isVideoStorageError, type UploadedPart, type UploadTicket } from '@videostorage/core';
import { requestFor } from './check-file.ts';
import type { RememberedUpload } from './memory/remembered-uploads.ts';
import { randomKey } from './random-key.ts';
import type { UploadContext } from './upload-context.ts';
import type { UploadOptions } from './uploader.ts';

/** Where sending begins. */
export interface FoundUpload {
  /** As it is kept for another visit. */
  readonly upload: RememberedUpload & { readonly uploadReference: string };
  /** Absent when everything has arrived, and was confirmed or only has to be. */
  readonly ticket?: UploadTicket;
  /** For parts: what the storage has. */
  readonly uploadedParts: readonly UploadedPart[];
}

/** Does one call to the host until it has an answer. */
type Persist = <Result>(work: (signal: AbortSignal) => Promise<Result>) => Promise<Result>;

/**
 * The upload that a file goes on with, remembered from before, or a new one.
 * @throws {ConflictError} an upload was named that was begun with another file
 */
export function identifyUpload(
  file: File,
  fingerprint: string,
  { contextId, uploadReference }: UploadOptions,
  { memory, clock }: Pick<UploadContext, 'memory' | 'clock'>,
): RememberedUpload {
  const known = memory.list().filter((each) => each.pending !== 'release');
  if (uploadReference !== undefined) {
    const named = known.find((each) => each.uploadReference === uploadReference);
    if (named?.fingerprint === fingerprint) return named;
    throw new ConflictError(
      named === undefined
        ? `The upload that “${file.name}” should go on with is not known here any more; please upload it anew.`
        : `“${file.name}” is not the file whose upload began, or has changed since; please choose “${named.fileName}” as it was.`,
    );
  }
  const same = known.find((each) => each.fingerprint === fingerprint && each.contextId === contextId);
  return same ?? newUpload(file, fingerprint, contextId, clock.now());
}

/** Another key: the same file, as an upload that has nothing to do with those before. */
export function newUpload(
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

/** Where a begun upload stands at the host; undefined when it cannot go on, and the file has to begin anew. */
export async function findUpload(
  upload: RememberedUpload,
  { transport }: Pick<UploadContext, 'transport'>,
  persist: Persist,
): Promise<FoundUpload | undefined> {
  const { uploadReference } = upload;
  if (uploadReference === undefined) return undefined;
  const known = { ...upload, uploadReference };
  try {
    const state = await persist((signal) => transport.getUpload(uploadReference, { signal }));
    const { status, ticket, uploadedParts = [] } = state;
    if (status === 'processing' || status === 'ready') return { upload: known, uploadedParts };
    if (status === 'pending' && ticket !== undefined) return { upload: known, ticket, uploadedParts };
    return undefined;
  } catch (error) {
    if (isVideoStorageError(error) && error.code === 'VIDEO_NOT_FOUND') return undefined;
    throw error;
  }
}

/** Asks for a ticket under the upload's key; it is remembered before, so that a lost answer costs nothing. */
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
    // Not ended by a pause nor an abort: an upload whose answer nobody waits for could not be released.
    const ticket = await persist(() => transport.getUploadUrl(request, { idempotencyKey }));
    const created = { ...upload, uploadReference: ticket.uploadReference };
    memory.keep(created);
    return { upload: created, ticket, uploadedParts: [] };
  } catch (error) {
    if (isVideoStorageError(error) && !error.retryable) memory.forget(idempotencyKey);
    throw error;
  }
}
