import type { VideoMetadata } from '@videostorage/core';
import { CLASSROOM_USER_ID } from '../classroom-user.ts';
import type { Assignment, HistoryEntry } from './host.ts';

const DAY_MS = 86_400_000;

/** The message of an error, for users. */
export function errorMessage(error: unknown): string {
  return error instanceof Error && error.message !== '' ? error.message : 'That did not work; please try again.';
}

/** `850 kB`, `8.5 MB`, `1.2 GB`: decimal units, as file managers of phones and Macs show them. */
export function readableSize(bytes: number): string {
  if (bytes < 1e6) return `${Math.ceil(bytes / 1000)} kB`;
  if (bytes < 1e9) return `${(bytes / 1e6).toFixed(bytes < 1e8 ? 1 : 0)} MB`;
  return `${(bytes / 1e9).toFixed(1)} GB`;
}

/** A person's name, without the role before it; “Someone” for a person whose data was erased. */
export function nameOf(userId: string | null | undefined): string {
  return userId ? userId.slice(userId.indexOf(':') + 1) : 'Someone';
}

/** `3:07`. */
export function readableTime(seconds: number): string {
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}

/** `1 Dec, 14:05`, with spaces that do not break. */
export function readableMoment(at: string): string {
  const parts = { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' } as const;
  return new Date(at).toLocaleString('en-GB', parts).replaceAll(' ', '\u00a0');
}

/** When an assignment is due, and how long that is from now. */
export function describeDue({ dueAt }: Assignment, nowMs: number = Date.now()): string {
  const leftMs = Date.parse(dueAt) - nowMs;
  if (leftMs <= 0) return `Closed on ${readableMoment(dueAt)}`;
  const [count, unit] =
    leftMs >= DAY_MS
      ? [Math.round(leftMs / DAY_MS), 'day']
      : leftMs >= DAY_MS / 24
        ? [Math.round((leftMs * 24) / DAY_MS), 'hour']
        : [Math.ceil(leftMs / 60_000), 'minute'];
  return `Due ${readableMoment(dueAt)} · ${count} ${unit}${count === 1 ? '' : 's'} left`;
}

/** Whether videos may be submitted and replaced. */
export function isOpen({ dueAt }: Assignment): boolean {
  return Date.parse(dueAt) > Date.now();
}

/** One line about a video: its file name and its size. */
export function describeFile({ sizeBytes, fileName }: VideoMetadata): string {
  const size = sizeBytes === undefined ? undefined : readableSize(sizeBytes);
  return [fileName, size].filter((part) => part !== undefined).join(' · ');
}

/** When a video was submitted. */
export function submittedAt({ uploadedAt, createdAt }: VideoMetadata): string {
  return readableMoment(uploadedAt ?? createdAt);
}

/** The status of a video as text; undefined when it is ready to play. */
export function describeState({ status, failure, progress, playable }: VideoMetadata): string | undefined {
  if (status === 'failed') return failure?.message ?? 'The video could not be processed.';
  if (status !== 'processing') return undefined;
  const percent = progress === undefined ? '' : ` ${Math.floor(progress * 100)} %`;
  return playable ? `Ready to play; better quality is being prepared${percent}` : `Processing${percent}`;
}

const EVENTS = new Map<string, (who: string, userId: string | null) => string>(
  Object.entries({
    'upload.requested': (who: string) => `${who} started an upload`,
    'upload.rejected': (who: string) => `An upload by ${who} was refused`,
    'upload.confirmed': () => 'The upload was received and checked',
    'upload.failed': () => 'The upload failed',
    'upload.aborted': (who: string) => `${who} cancelled the upload`,
    'upload.expired': () => 'The upload was not completed in time',
    'video.ready': () => 'The video is ready to play',
    'video.failed': () => 'The video could not be processed',
    'video.updated': (who: string) => `${who} renamed it`,
    'video.delete_requested': (who: string, userId: string | null) =>
      userId === CLASSROOM_USER_ID ? 'Replaced by a later video' : `${who} deleted it`,
    'video.deleted': () => 'Removed from the storage',
    'playback.issued': (who: string) => `${who} watched`,
    'playback.denied': (who: string) => `${who} was not allowed to watch`,
    'access.denied': (who: string) => `${who} was not allowed to do that`,
    'person.erased': () => 'Personal data was erased',
  }),
);

/** What happened, in a sentence. */
export function describeEvent({ event, userId }: HistoryEntry): string {
  return EVENTS.get(event)?.(nameOf(userId), userId) ?? event;
}
