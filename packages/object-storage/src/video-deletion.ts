import { type Clock, type Deletion, parseObjectVideoId, toTimestamp } from '@videostorage/core';
import { mapBounded } from './map-bounded.ts';
import { randomId } from './random-id.ts';
import { findVideoKeys, freeAllVersions, hideKeys } from './remove-video.ts';
import type { StoreSteps } from './store-steps.ts';
import { UploadDocuments } from './upload-documents.ts';
import { discardUpload } from './upload-removal.ts';
import type { CompletedDeletion, DeletedRecord } from './video-record.ts';

const AT_ONCE = 16;
/** Videos that are decided upon before their keys are hidden: of more, a deadline in between would leave all playable. */
const HIDDEN_TOGETHER = 200;
const GONE: Deletion = { purged: true };

interface Begun {
  readonly uploadId: string;
  readonly record: DeletedRecord;
  readonly keys: readonly string[];
}

/**
 * Deletes videos: the record first, so that nothing finds them; then their keys, the copies at the edge, old versions; last it
 * writes the document that says so. Called again, it does what is pending.
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

  /**
   * @param recheck look for keys also where nothing is pending: a confirm that ran at the same time may have placed some
   * @returns how far each has come, in the order of the ids
   */
  async run(videoIds: readonly string[], recheck = false): Promise<readonly Deletion[]> {
    const begun: (Begun | Deletion)[] = [];
    for (let first = 0; first < videoIds.length; first += HIDDEN_TOGETHER) {
      begun.push(...(await this.#hide(videoIds.slice(first, first + HIDDEN_TOGETHER), recheck)));
    }
    const pending = begun.filter((one) => 'record' in one);
    const purged = await this.#purge(pending.map(({ record }) => record));
    return mapBounded(begun, AT_ONCE, async (one) => {
      if (!('record' in one)) return one;
      return purged.has(one.record.videoId) ? this.#finish(one) : { purged: false };
    });
  }

  async #hide(videoIds: readonly string[], recheck: boolean): Promise<readonly (Begun | Deletion)[]> {
    const failures: unknown[] = [];
    const tried = await mapBounded(videoIds, AT_ONCE, async (videoId) => {
      if (failures.length > 0) return undefined;
      return this.#begin(videoId, recheck).catch((error: unknown) => {
        failures.push(error);
        return undefined;
      });
    });
    const begun = tried.filter((one) => one !== undefined);
    // What is decided must not stay playable because another one failed.
    await hideKeys(
      this.#steps,
      begun.flatMap((one) => ('record' in one ? one.keys : [])),
    );
    if (failures.length > 0) throw failures[0];
    return begun;
  }

  /** Decides and finds the keys, or returns the answer where nothing is pending. */
  async #begin(videoId: string, recheck: boolean): Promise<Begun | Deletion> {
    const { uploadId } = parseObjectVideoId(videoId) ?? {};
    if (uploadId === undefined) return GONE;
    const standing = await this.#documents.readRecord(uploadId);
    if (standing !== undefined && standing.videoId !== videoId) return GONE;
    const deleted = standing?.state === 'deleted' ? standing : undefined;
    const completed = deleted && (await this.#documents.readDeletion(uploadId, deleted.purgeId));
    if (completed !== undefined && !recheck) return toDeletion(completed);
    const record = deleted ?? (await this.#decide(videoId, uploadId));
    const keys = await findVideoKeys(this.#steps, videoId);
    if (completed !== undefined && keys.length === 0) return toDeletion(completed);
    // Keys found only now may have been played after the earlier purge began, which does not cover them. The new purge is
    // recorded before the keys are hidden, so that a crash does not lose it.
    const isLate = deleted !== undefined && keys.length > 0;
    return { uploadId, keys, record: isLate ? await this.#decide(videoId, uploadId) : record };
  }

  async #decide(videoId: string, uploadId: string): Promise<DeletedRecord> {
    const decidedAt = toTimestamp(this.#clock.now());
    const record: DeletedRecord = { version: 1, state: 'deleted', videoId, decidedAt, purgeId: randomId() };
    await this.#documents.overwrite(uploadId, record);
    return record;
  }

  /** In a stable order, as many at a time as the edge accepts; the next ones when these are done. */
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
    const { videoId, purgeId } = record;
    const retained = await freeAllVersions(this.#steps, videoId);
    await discardUpload(this.#steps, { uploadId, videoId }, await this.#documents.readClaim(uploadId));
    await this.#documents.completeDeletion(uploadId, purgeId, { version: 1, retained });
    return toDeletion({ retained });
  }
}

function toDeletion({ retained }: Pick<CompletedDeletion, 'retained'>): Deletion {
  return retained ? { purged: true, retained } : GONE;
}
