import { type ProcessingTimes, type Progress, processedAtMs, progressOf } from './processing.ts';
import type { EmulatedVideo } from './video.ts';

/** What the description of a video needs. */
export interface DescriptionContext {
  /** Where it is played from. */
  readonly playbackOrigin: string;
  /** How long steps take. */
  readonly times: ProcessingTimes;
  /** `err`: the keys `errReasonCode` and `errReasonText` of some of the service's own samples. */
  readonly errorKeys: 'error' | 'err';
  /** Whether to add fields that no client can know. */
  readonly hasUnknownFields: boolean;
  /** A profile as the service shows it. */
  watermark(uid: string): object | null;
}

/** A video as the REST API shows it. Unknown numbers are -1. */
export function describeVideo(video: EmulatedVideo, context: DescriptionContext, nowMs: number): object {
  const { uid, settings, arrived } = video;
  const progress = progressOf(video, context.times, nowMs);
  const isReady = progress.state === 'ready';
  const finding = isReady && arrived?.finding.kind === 'video' ? arrived.finding : undefined;
  const base = `${context.playbackOrigin}/${uid}`;
  const readyMs = processedAtMs(video, context.times);
  return {
    uid,
    creator: settings.creator,
    thumbnail: `${base}/thumbnails/thumbnail.jpg`,
    thumbnailTimestampPct: settings.thumbnailTimestampPct,
    readyToStream: isReady,
    readyToStreamAt: isReady && readyMs !== undefined ? timestamp(readyMs) : null,
    status: describeStatus(progress, context.errorKeys),
    meta: settings.meta,
    created: timestamp(video.createdAtMs),
    modified: timestamp(Math.max(video.modifiedAtMs, progress.sinceMs)),
    scheduledDeletion: timestampOrNull(settings.scheduledDeletionMs),
    size: arrived?.sizeBytes ?? 0,
    preview: `${base}/watch`,
    allowedOrigins: settings.allowedOrigins,
    requireSignedURLs: settings.requireSignedURLs,
    uploaded: timestamp(arrived?.atMs ?? video.createdAtMs),
    uploadExpiry: timestampOrNull(settings.uploadExpiryMs),
    maxSizeBytes: video.isCopying ? 0 : (video.announcedBytes ?? null),
    maxDurationSeconds: settings.maxDurationSeconds,
    duration: finding?.durationSeconds ?? -1,
    input: { width: finding?.widthPixels ?? -1, height: finding?.heightPixels ?? -1 },
    playback: { hls: `${base}/manifest/video.m3u8`, dash: `${base}/manifest/video.mpd` },
    watermark: settings.watermarkUid === null ? null : context.watermark(settings.watermarkUid),
    publicDetails: { title: null, share_link: null, channel_link: null, logo: null, ...settings.publicDetails },
    ...(context.hasUnknownFields && { newField: { of: ['a', 'later', 'release'] } }),
  };
}

/** ISO 8601. */
export function timestamp(ms: number): string {
  return new Date(ms).toISOString();
}

function timestampOrNull(ms: number | null): string | null {
  return ms === null ? null : timestamp(ms);
}

function describeStatus(progress: Progress, errorKeys: 'error' | 'err'): object {
  const { state, step, pctComplete, error } = progress;
  return {
    state,
    ...(step !== undefined && { step }),
    ...(pctComplete !== undefined && { pctComplete }),
    [`${errorKeys}ReasonCode`]: error?.code ?? '',
    [`${errorKeys}ReasonText`]: error?.text ?? '',
  };
}
