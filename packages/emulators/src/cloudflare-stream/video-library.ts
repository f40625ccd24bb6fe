import { rm } from 'node:fs/promises';
import { type ProcessingTimes, processedAtMs, progressOf } from './processing.ts';
import { notFound, storageExceeded, tooManyEncoding } from './stream-refusal.ts';
import type { ArrivedFile, EmulatedVideo, VideoSettings } from './video.ts';

/** What an account may hold. */
export interface LibraryLimits {
  /** Prepaid minutes. */
  readonly storageMinutes: number;
  /** Videos that may be downloading, queued or encoding at once. */
  readonly encodingVideos: number;
  /** Status of the refusal above that. */
  readonly encodingRefusalStatus: 413 | 429;
  /** Its message; undefined = the emulator's. */
  readonly encodingRefusalMessage?: string | undefined;
}

/** An upload without a maximum duration reserves so many seconds. */
const UNNAMED_RESERVATION_SECONDS = 14_400;

/** All videos of the account, and the minutes that they take. */
export class VideoLibrary {
  readonly #videos = new Map<string, EmulatedVideo>();
  readonly #times: ProcessingTimes;
  /** The limits of the account. */
  readonly limits: LibraryLimits;
  #sequence = 0;

  /** Empty at first. */
  constructor(times: ProcessingTimes, limits: LibraryLimits) {
    this.#times = times;
    this.limits = limits;
  }

  /** Creates a video that waits for its bytes, and reserves its minutes. @throws {StreamRefusal} when the account is full */
  add(uid: string, settings: VideoSettings, nowMs: number, announcedBytes?: number): EmulatedVideo {
    this.refuseWhenEncoderIsFull(nowMs);
    const { storageMinutes } = this.limits;
    const wantedMinutes = (settings.maxDurationSeconds ?? UNNAMED_RESERVATION_SECONDS) / 60;
    if (this.usedMinutes(nowMs) + wantedMinutes > storageMinutes) throw storageExceeded(storageMinutes);
    this.#sequence += 1;
    const video: EmulatedVideo = {
      uid,
      sequence: this.#sequence,
      createdAtMs: nowMs,
      modifiedAtMs: nowMs,
      settings,
      captions: new Map(),
      downloads: new Map(),
      ...(announcedBytes !== undefined && { announcedBytes }),
    };
    this.#videos.set(uid, video);
    return video;
  }

  /** The video. @throws {StreamRefusal} when there is none */
  get(uid: string, nowMs: number): EmulatedVideo {
    const video = this.find(uid, nowMs);
    if (video === undefined) throw notFound();
    return video;
  }

  /** The video, if there is one. */
  find(uid: string, nowMs: number): EmulatedVideo | undefined {
    const video = this.#videos.get(uid);
    return video === undefined || isPastDeletion(video, nowMs) ? undefined : video;
  }

  /** All videos, newest first. */
  list(nowMs: number): readonly EmulatedVideo[] {
    return this.#alive(nowMs).sort(
      (one, other) => other.createdAtMs - one.createdAtMs || other.sequence - one.sequence,
    );
  }

  /** Adds the bytes of a video; false when it was deleted meanwhile. */
  arrive(uid: string, arrived: ArrivedFile): boolean {
    const video = this.#videos.get(uid);
    if (video === undefined) return false;
    video.arrived = arrived;
    return true;
  }

  /** Removes a video and its bytes. */
  async delete(uid: string, nowMs: number): Promise<void> {
    const { arrived } = this.get(uid, nowMs);
    this.#videos.delete(uid);
    if (arrived?.path !== undefined) await rm(arrived.path, { force: true });
  }

  /** Minutes of stored videos, rounded up to seconds, and of reservations. */
  usedMinutes(nowMs: number, creator?: string): number {
    const seconds = this.#alive(nowMs)
      .filter((video) => creator === undefined || video.settings.creator === creator)
      .map((video) => this.#takenSeconds(video, nowMs));
    return seconds.reduce((sum, each) => sum + each, 0) / 60;
  }

  /** @throws {StreamRefusal} when as many videos as allowed are queued or encoding */
  refuseWhenEncoderIsFull(nowMs: number): void {
    const { encodingVideos, encodingRefusalStatus, encodingRefusalMessage } = this.limits;
    const busy = this.#alive(nowMs).filter((video) =>
      ['downloading', 'queued', 'inprogress'].includes(progressOf(video, this.#times, nowMs).state),
    );
    if (busy.length >= encodingVideos) {
      throw tooManyEncoding(encodingVideos, encodingRefusalStatus, encodingRefusalMessage);
    }
  }

  #alive(nowMs: number): EmulatedVideo[] {
    return [...this.#videos.values()].filter((video) => !isPastDeletion(video, nowMs));
  }

  #takenSeconds(video: EmulatedVideo, nowMs: number): number {
    const { arrived, settings } = video;
    const processedMs = processedAtMs(video, this.#times);
    if (arrived !== undefined && processedMs !== undefined && nowMs >= processedMs)
      return arrived.finding.kind === 'video' ? Math.ceil(arrived.finding.durationSeconds) : 0;
    const isExpired = arrived === undefined && settings.uploadExpiryMs !== null && nowMs >= settings.uploadExpiryMs;
    return isExpired ? 0 : (settings.maxDurationSeconds ?? UNNAMED_RESERVATION_SECONDS);
  }
}

function isPastDeletion(video: EmulatedVideo, nowMs: number): boolean {
  const { scheduledDeletionMs } = video.settings;
  return scheduledDeletionMs !== null && nowMs >= scheduledDeletionMs;
}
