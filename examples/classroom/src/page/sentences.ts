import type { VideoMetadata } from '@videostorage/core';

/** What went wrong, for people. */
export function sentence(error: unknown): string {
  return error instanceof Error && error.message !== '' ? error.message : 'That did not work; please try again.';
}

/** `850 kB`, `8.5 MB`, `120 MB`: decimal units, as file managers of phones and Macs show them. */
export function readableSize(bytes: number): string {
  if (bytes < 1e6) return `${Math.ceil(bytes / 1000)} kB`;
  return `${(bytes / 1e6).toFixed(bytes < 1e8 ? 1 : 0)} MB`;
}

/** A person's name, without the role before it. */
export function nameOf(userId: string): string {
  return userId.slice(userId.indexOf(':') + 1);
}

/** One line on a video: who, how long, how large, when, and how far when it cannot be played yet. */
export function describeVideo(video: VideoMetadata, showsStudent: boolean): string {
  const when = new Date(video.uploadedAt ?? video.createdAt);
  return [
    showsStudent && video.userId !== undefined ? nameOf(video.userId) : undefined,
    video.durationSeconds === undefined ? undefined : clock(video.durationSeconds),
    video.sizeBytes === undefined ? undefined : readableSize(video.sizeBytes),
    when.toLocaleString('en-GB', { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' }),
  ]
    .filter((part) => part !== undefined)
    .join(' · ');
}

/** Where a video stands; undefined when it can simply be played. */
export function describeState(video: VideoMetadata): string | undefined {
  if (video.status === 'failed') return video.failure?.message ?? 'The video could not be processed.';
  if (video.status !== 'processing') return undefined;
  const percent = video.progress === undefined ? '' : ` ${Math.floor(video.progress * 100)} %`;
  return video.playable ? `Can be played, better pictures follow${percent}` : `Processing${percent}`;
}

function clock(seconds: number): string {
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}
