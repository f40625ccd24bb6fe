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

/** The documents of an upload. The first confirm creates each of them; all others follow the one that exists. */
export class UploadDocuments {
  readonly #steps: StoreSteps;

  constructor(steps: StoreSteps) {
    this.#steps = steps;
  }

  /** The claim; undefined when no source was elected. @throws {BackendError} it cannot be read by this version */
  async readClaim(uploadId: string): Promise<UploadClaim | undefined> {
    const key = claimKey(uploadId);
    const text = await this.#steps.readDocument(key);
    return text === undefined ? undefined : parseJson(`The document ${key}`, text, uploadClaimSchema);
  }

  /** Elects a source. @returns the claim that exists afterwards: this one, or that of a faster confirm */
  async electClaim(claim: UploadClaim): Promise<UploadClaim> {
    const { uploadId } = claim.declared;
    if (await this.#steps.createDocument(claimKey(uploadId), JSON.stringify(claim))) return claim;
    return (await this.readClaim(uploadId)) ?? vanished(claimKey(uploadId));
  }

  /** The decision; undefined when there is none. @throws {BackendError} it cannot be read by this version */
  async readRecord(uploadId: string): Promise<VideoRecord | undefined> {
    const key = recordKey(uploadId);
    const text = await this.#steps.readDocument(key);
    return text === undefined ? undefined : parseVideoRecord(key, text);
  }

  /** Decides. @returns the decision that exists afterwards: this one, or an earlier one */
  async decide(uploadId: string, record: VideoRecord): Promise<VideoRecord> {
    if (await this.#steps.createDocument(recordKey(uploadId), JSON.stringify(record))) return record;
    return (await this.readRecord(uploadId)) ?? vanished(recordKey(uploadId));
  }

  /** Writes the only decision that replaces another one. */
  overwrite(uploadId: string, record: DeletedRecord): Promise<void> {
    return this.#steps.writeDocument(recordKey(uploadId), JSON.stringify(record));
  }

  /** The result of a deletion; undefined while something of it is pending. */
  async readDeletion(uploadId: string, purgeId: string): Promise<CompletedDeletion | undefined> {
    const key = deletionKey(uploadId, purgeId);
    const text = await this.#steps.readDocument(key);
    return text === undefined ? undefined : parseJson(`The document ${key}`, text, completedDeletionSchema);
  }

  /** Writes that nothing of this deletion is pending. */
  completeDeletion(uploadId: string, purgeId: string, completed: CompletedDeletion): Promise<void> {
    return this.#steps.writeDocument(deletionKey(uploadId, purgeId), JSON.stringify(completed));
  }

  /** For the sweep. Success also when it is missing. */
  removeClaim(uploadId: string): Promise<void> {
    return this.#steps.removeDocument(claimKey(uploadId));
  }

  /** For the sweep. Success also when it is missing. */
  removeDeletion(uploadId: string, purgeId: string): Promise<void> {
    return this.#steps.removeDocument(deletionKey(uploadId, purgeId));
  }

  /** For the sweep: from now on the id could be used again. Success also when it is missing. */
  removeRecord(uploadId: string): Promise<void> {
    return this.#steps.removeDocument(recordKey(uploadId));
  }
}

/** The document existed a moment ago: a sweep has removed that of a much older upload of the same id. */
function vanished(key: string): never {
  throw new BackendError('BACKEND_UNAVAILABLE', `The document ${key} changed while it was read; please try again.`);
}
