import { type Clock, type Deletion, parseObjectVideoId, randomId, toTimestamp } from '@videostorage/core';
import type { DeletionProgress } from './deletion-progress.ts';
import { mapBounded } from './map-bounded.ts';
import { findVideoKeys, freeAllVersions, hideKeys } from './remove-video.ts';
import type { StoreSteps } from './store-steps.ts';
import { UploadDocuments } from './upload-documents.ts';
import { discardUpload } from './upload-removal.ts';
import type { CompletedDeletion, DeletedRecord } from './video-record.ts';

const AT_ONCE = 16;
/** So many videos are decided before their keys are hidden. With more, a deadline in between would leave them all playable. */
const HIDDEN_TOGETHER = 200;
const GONE: Deletion = { purged: true };
const PENDING: Deletion = { purged: false };

/** How videos are deleted. */
export interface DeletionOptions {
  /** Look for keys also where nothing is pending: a confirm that ran at the same time may have placed some. Default false. */
  readonly recheck?: boolean | undefined;
  /** What this process knows about their deletions. A hidden video is read again when its purge may begin. Default: nothing. */
  readonly progress?: DeletionProgress | undefined;
}

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

  /** How far each deletion has come, in the order of the ids, which must differ from one another. */
  async run(videoIds: readonly string[], options: DeletionOptions = {}): Promise<readonly Deletion[]> {
    const found = new Map<string, Begun | Deletion>();
    const known = new Map(videoIds.map((videoId) => [videoId, options.progress?.of(videoId)]));
    for (const [videoId, step] of known) if (step !== undefined && step !== 'hidden') found.set(videoId, step);
    const unknown = videoIds.filter((videoId) => known.get(videoId) === undefined);
    for (let first = 0; first < unknown.length; first += HIDDEN_TOGETHER) {
      await this.#hide(unknown.slice(first, first + HIDDEN_TOGETHER), found, options);
    }
    const purged = await this.#purge(
      videoIds.filter((videoId) => !isOver(found.get(videoId))),
      found,
      options,
    );
    return mapBounded(videoIds, AT_ONCE, async (videoId) => {
      const one = found.get(videoId);
      if (isOver(one)) return one;
      if (one === undefined || !purged.has(videoId)) return PENDING;
      const deletion = await this.#finish(one);
      options.progress?.note(videoId, deletion);
      return deletion;
    });
  }

  /** Begins the deletion of each video, and hides its keys. */
  async #hide(
    videoIds: readonly string[],
    found: Map<string, Begun | Deletion>,
    { recheck = false, progress }: DeletionOptions,
  ): Promise<void> {
    const failures: unknown[] = [];
    const tried = await mapBounded(videoIds, AT_ONCE, async (videoId) => {
      if (failures.length > 0) return undefined;
      return this.#begin(videoId, recheck).catch((error: unknown) => {
        failures.push(error);
        return undefined;
      });
    });
    // Videos that are decided must not stay playable because another one failed.
    await hideKeys(
      this.#steps,
      tried.flatMap((one) => (one === undefined || isOver(one) ? [] : one.keys)),
    );
    videoIds.forEach((videoId, index) => {
      const one = tried[index];
      if (one === undefined) return;
      found.set(videoId, one);
      progress?.note(videoId, isOver(one) ? one : 'hidden');
    });
    if (failures.length > 0) throw failures[0];
  }

  /** Decides and finds the keys, or returns the answer when nothing is pending. */
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
  async #purge(
    pending: readonly string[],
    found: Map<string, Begun | Deletion>,
    options: DeletionOptions,
  ): Promise<ReadonlySet<string>> {
    const sorted = [...pending].sort();
    const size = this.#steps.maxPurges ?? Math.max(1, sorted.length);
    const purged = new Set<string>();
    for (let first = 0; first < sorted.length; first += size) {
      const batch = sorted.slice(first, first + size);
      await this.#hide(
        batch.filter((videoId) => !found.has(videoId)),
        found,
        options,
      );
      const some = batch.flatMap((videoId) => {
        const one = found.get(videoId);
        return one === undefined || isOver(one) ? [] : [{ videoId, purgeId: one.record.purgeId }];
      });
      if (some.length > 0 && !(await this.#steps.purge(some))) break;
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

/** Whether nothing is left to do. */
function isOver(one: Begun | Deletion | undefined): one is Deletion {
  return one !== undefined && !('record' in one);
}

function toDeletion({ retained }: Pick<CompletedDeletion, 'retained'>): Deletion {
  return retained ? { purged: true, retained } : GONE;
}
