import { type Clock, type Deletion, parseObjectVideoId, toTimestamp } from '@videostorage/core';
import { mapBounded } from './map-bounded.ts';
import { randomId } from './random-id.ts';
import { findVideoKeys, freeAllVersions, hideKeys } from './remove-video.ts';
import type { StoreSteps } from './store-steps.ts';
import { UploadDocuments } from './upload-documents.ts';
import { discardUpload } from './upload-removal.ts';
import type { DeletedRecord } from './video-record.ts';

const AT_ONCE = 16;
const GONE: Deletion = { purged: true };

interface Begun {
  readonly uploadId: string;
  readonly record: DeletedRecord;
  readonly keys: readonly string[];
}

/**
 * Deletes videos: the record first, so that nothing finds them; then their keys, the edge, old versions, and what the record
 * says of it. Repeated, it does what is pending: two requests for each video, and those that it shares with others.
 */
export class VideoDeletion {
  readonly #steps: StoreSteps;
  readonly #documents: UploadDocuments;
  readonly #clock: Clock;

  constructor(steps: StoreSteps, clock: Clock) {
    this.#steps = steps;
    this.#documents = new UploadDocuments(steps);
    this.#clock = clock;
  }

  /** @returns how far each has come, in the order of the ids */
  async run(videoIds: readonly string[]): Promise<readonly Deletion[]> {
    const begun = await mapBounded(videoIds, AT_ONCE, (videoId) => this.#begin(videoId));
    const pending = begun.filter((one) => 'record' in one);
    await hideKeys(
      this.#steps,
      pending.flatMap(({ keys }) => keys),
    );
    const purged = await this.#purge(pending.map(({ record }) => record));
    return mapBounded(begun, AT_ONCE, async (one) => {
      if (!('record' in one)) return one;
      return purged.has(one.record.videoId) ? this.#finish(one) : { purged: false };
    });
  }

  /** Decides, and finds the keys; where nothing is pending, the answer. */
  async #begin(videoId: string): Promise<Begun | Deletion> {
    const { uploadId } = parseObjectVideoId(videoId) ?? {};
    if (uploadId === undefined) return GONE;
    const standing = await this.#documents.readRecord(uploadId);
    if (standing !== undefined && standing.videoId !== videoId) return GONE;
    const deleted = standing?.state === 'deleted' ? standing : undefined;
    if (deleted?.purged === true) return toDeletion(deleted);
    const record = deleted ?? (await this.#decide(videoId, uploadId));
    const keys = await findVideoKeys(this.#steps, videoId);
    // Found only now, it was played after an earlier purge was asked for, which need not cover it: this is a purge of its own.
    const isLate = deleted !== undefined && keys.length > 0;
    return { uploadId, keys, record: isLate ? await this.#decide(videoId, uploadId) : record };
  }

  async #decide(videoId: string, uploadId: string): Promise<DeletedRecord> {
    const decidedAt = toTimestamp(this.#clock.now());
    const occurrence = { purgeId: randomId(), purged: false, retained: false };
    const record: DeletedRecord = { version: 1, state: 'deleted', videoId, decidedAt, ...occurrence };
    await this.#documents.overwrite(uploadId, record);
    return record;
  }

  /** As many at a time as an edge takes, in an order that stays; the next ones are asked for when these are done. */
  async #purge(records: readonly DeletedRecord[]): Promise<ReadonlySet<string>> {
    const sorted = [...records].sort((one, other) => (one.videoId < other.videoId ? -1 : 1));
    const size = this.#steps.maxPurges ?? Math.max(1, sorted.length);
    const purged = new Set<string>();
    for (let first = 0; first < sorted.length; first += size) {
      const some = sorted.slice(first, first + size).map(({ videoId, purgeId }) => ({ videoId, purgeId }));
      if (!(await this.#steps.purge(some))) break;
      for (const { videoId } of some) purged.add(videoId);
    }
    return purged;
  }

  async #finish({ uploadId, record }: Begun): Promise<Deletion> {
    const { videoId } = record;
    const retained = await freeAllVersions(this.#steps, videoId);
    await discardUpload(this.#steps, { uploadId, videoId }, await this.#documents.readClaim(uploadId));
    await this.#documents.overwrite(uploadId, { ...record, purged: true, retained });
    return toDeletion({ retained });
  }
}

function toDeletion({ retained }: Pick<DeletedRecord, 'retained'>): Deletion {
  return retained ? { purged: true, retained } : GONE;
}
