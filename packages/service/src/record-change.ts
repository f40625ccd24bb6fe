import { toTimestamp } from '@videostorage/core';
import type { NewVideoRecord, VideoRecord, VideoRecordPatch } from './video-record.ts';
import type { RecordSchedule } from './video-records.ts';

/** Builds the record that is inserted at `nowMs`; all implementations of `VideoRecords` use this function. */
export function insertedRecord(
  { expiresInSeconds, dueInSeconds, ...known }: NewVideoRecord,
  nowMs: number,
): VideoRecord {
  return {
    ...known,
    version: 1,
    statusVersion: 1,
    videoId: null,
    uploadReference: null,
    ticket: null,
    status: 'pending',
    durationSeconds: null,
    widthPixels: null,
    heightPixels: null,
    codec: null,
    revision: null,
    errorCode: null,
    errorMessage: null,
    createdAt: toTimestamp(nowMs),
    expiresAt: secondsFrom(nowMs, expiresInSeconds),
    uploadedAt: null,
    deletedAt: null,
    retained: false,
    notifiedAt: null,
    dueAt: secondsFrom(nowMs, dueInSeconds),
    erasing: false,
  };
}

/** Builds the record that results from applying `patch` at `nowMs`, see `VideoRecordPatch`; undefined members change nothing. */
export function patchedRecord(record: VideoRecord, patch: VideoRecordPatch, nowMs: number): VideoRecord {
  const { dueInSeconds, ...facts } = patch;
  const version = record.version + 1;
  const given = Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined));
  const changed: VideoRecord = {
    ...record,
    ...given,
    version,
    ...(dueInSeconds !== undefined && { dueAt: dueInSeconds === null ? null : secondsFrom(nowMs, dueInSeconds) }),
  };
  return {
    ...changed,
    // Otherwise the keys of two erased users could collide.
    ...(changed.userId === '' && { idempotencyKey: null }),
    ...(changed.status !== record.status && {
      statusVersion: version,
      notifiedAt: null,
      ...(changed.status === 'deleted' && { deletedAt: toTimestamp(nowMs) }),
    }),
  };
}

/** Builds the record with a new time for its next examination, see `RecordSchedule`. */
export function scheduledRecord(record: VideoRecord, schedule: RecordSchedule, nowMs: number): VideoRecord {
  return {
    ...record,
    dueAt: schedule.dueInSeconds === null ? null : secondsFrom(nowMs, schedule.dueInSeconds),
    ...(schedule.notified === true && { notifiedAt: toTimestamp(nowMs) }),
  };
}

function secondsFrom(nowMs: number, seconds: number): string {
  return toTimestamp(nowMs + Math.round(seconds * 1000));
}
