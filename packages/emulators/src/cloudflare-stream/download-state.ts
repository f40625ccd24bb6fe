import type { ProcessingTimes } from './processing.ts';
import type { EmulatedVideo } from './video.ts';

/** The two files that can be made ready for download. */
export type DownloadKind = 'default' | 'audio';

/** State of a download; undefined when it was not requested. `audio` of a video without sound is `error`. */
export function downloadState(
  video: EmulatedVideo,
  kind: DownloadKind,
  times: ProcessingTimes,
  nowMs: number,
): { readonly status: 'inprogress' | 'ready' | 'error'; readonly percentComplete: number } | undefined {
  const askedAtMs = video.downloads.get(kind);
  if (askedAtMs === undefined) return undefined;
  const { completingMs = 2000 } = times;
  const finding = video.arrived?.finding;
  if (kind === 'audio' && finding?.kind === 'video' && !finding.hasAudio)
    return { status: 'error', percentComplete: 0 };
  const isReady = nowMs >= askedAtMs + completingMs;
  const done = isReady ? 1 : (nowMs - askedAtMs) / completingMs;
  return { status: isReady ? 'ready' : 'inprogress', percentComplete: Math.round(done * 100) };
}
