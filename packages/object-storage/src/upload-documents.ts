import { BackendError } from '@videostorage/core';
import { parseJson } from './parse-json.ts';
import { claimKey, deletionKey, recordKey } from './store-keys.ts';
import type { StoreSteps } from './store-steps.ts';
import { type UploadClaim, uploadClaimSchema } from './upload-claim.ts';
import {
  type CompletedDeletion,
  completedDeletionSchema,
  type DeletedRecord,
  parseVideoRecord,
  type VideoRecord,
} from './video-record.ts';

/** The two documents of an upload: who is first creates one, everybody follows the one that stands. */
export class UploadDocuments {
  readonly #steps: StoreSteps;

  constructor(steps: StoreSteps) {
    this.#steps = steps;
  }

  /** The claim that stands; undefined when no source was elected. @throws {BackendError} unreadable */
  async readClaim(uploadId: string): Promise<UploadClaim | undefined> {
    const key = claimKey(uploadId);
    const text = await this.#steps.readDocument(key);
    return text === undefined ? undefined : parseJson(`The document ${key}`, text, uploadClaimSchema);
  }

  /** Elects a source. @returns the claim that stands afterwards: this one, or of who was faster */
  async electClaim(claim: UploadClaim): Promise<UploadClaim> {
    const { uploadId } = claim.declared;
    if (await this.#steps.createDocument(claimKey(uploadId), JSON.stringify(claim))) return claim;
    return (await this.readClaim(uploadId)) ?? vanished(claimKey(uploadId));
  }

  /** The decision that stands; undefined when nothing was decided. @throws {BackendError} unreadable */
  async readRecord(uploadId: string): Promise<VideoRecord | undefined> {
    const key = recordKey(uploadId);
    const text = await this.#steps.readDocument(key);
    return text === undefined ? undefined : parseVideoRecord(key, text);
  }

  /** Decides. @returns the decision that stands afterwards: this one, or of who was faster */
  async decide(uploadId: string, record: VideoRecord): Promise<VideoRecord> {
    if (await this.#steps.createDocument(recordKey(uploadId), JSON.stringify(record))) return record;
    return (await this.readRecord(uploadId)) ?? vanished(recordKey(uploadId));
  }

  /** The only decision that replaces another one. */
  overwrite(uploadId: string, record: DeletedRecord): Promise<void> {
    return this.#steps.writeDocument(recordKey(uploadId), JSON.stringify(record));
  }

  /** How a deletion ended; undefined while something of it is pending. */
  async readDeletion(uploadId: string, purgeId: string): Promise<CompletedDeletion | undefined> {
    const key = deletionKey(uploadId, purgeId);
    const text = await this.#steps.readDocument(key);
    return text === undefined ? undefined : parseJson(`The document ${key}`, text, completedDeletionSchema);
  }

  /** Nothing of this deletion is pending. */
  completeDeletion(uploadId: string, purgeId: string, completed: CompletedDeletion): Promise<void> {
    return this.#steps.writeDocument(deletionKey(uploadId, purgeId), JSON.stringify(completed));
  }

  /** For the sweep. Missing is success. */
  removeClaim(uploadId: string): Promise<void> {
    return this.#steps.removeDocument(claimKey(uploadId));
  }

  /** For the sweep. Missing is success. */
  removeDeletion(uploadId: string, purgeId: string): Promise<void> {
    return this.#steps.removeDocument(deletionKey(uploadId, purgeId));
  }

  /** For the sweep: from here on the id could live again. Missing is success. */
  removeRecord(uploadId: string): Promise<void> {
    return this.#steps.removeDocument(recordKey(uploadId));
  }
}

/** It existed and then did not: the sweep of a much older upload of the same id was at work. */
function vanished(key: string): never {
  throw new BackendError('BACKEND_UNAVAILABLE', `The document ${key} changed while it was read; please try again.`);
}
